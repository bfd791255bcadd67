"""Change options of a project's connections for one run, without touching its files."""

from collections.abc import Mapping
from dataclasses import replace

from projects.model import Problem, Project, ProjectError
from tags.drivers.base import Option
from tags.drivers.catalogue import drivers


def apply_overrides(project: Project, overrides: Mapping[str, str]) -> Project:
    """Return the project with ``{"connection.option": "text"}`` in place of its own options.

    Raises:
        ProjectError: a connection or option does not exist, or a text is not of the option's kind.
    """
    connections = dict(project.connections)
    problems = []
    catalogue = drivers()
    for key, text in overrides.items():
        name, _, option_name = key.partition(".")
        config = connections.get(name)
        if config is None:
            known = ", ".join(connections) or "none"
            problems.append(Problem("command line", 0, key, f"no connection {name!r}; there are: {known}"))
            continue
        if config.driver not in catalogue:
            problems.append(Problem("command line", 0, key, f"{name} has no driver: {config.fault}"))
            continue
        option = next((item for item in catalogue[config.driver].options if item.name == option_name), None)
        if option is None:
            known = ", ".join(item.name for item in catalogue[config.driver].options)
            problems.append(
                Problem(
                    "command line", 0, key, f"{config.driver} has no option {option_name!r}; it has: {known}"
                )
            )
            continue
        try:
            value = _convert(option, text)
        except ValueError:
            problems.append(Problem("command line", 0, key, f"expected {option.kind.__name__}, got {text!r}"))
            continue
        connections[name] = replace(config, options={**config.options, option_name: value})
    if problems:
        raise ProjectError(problems)
    return replace(project, connections=connections)


def _convert(option: Option, text: str) -> str | int | float | bool:
    if option.kind is bool:
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    return option.kind(text)

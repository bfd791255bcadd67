"""Alarm settings in the words of people: their names and values."""

from PySide6.QtCore import QCoreApplication

from alarms.model import Priority
from alarms.settings import Setting
from views.alarm_text import priority_text
from views.local_text import number


def setting_text(setting: str) -> str:
    """Return the name of a setting of ``alarms.csv``."""
    return {
        "setpoint": QCoreApplication.translate("AlarmSetting", "Limit"),
        "deadband": QCoreApplication.translate("AlarmSetting", "Deadband"),
        "on_delay_s": QCoreApplication.translate("AlarmSetting", "On-delay"),
        "off_delay_s": QCoreApplication.translate("AlarmSetting", "Off-delay"),
        "priority": QCoreApplication.translate("AlarmSetting", "Priority"),
        "enabled": QCoreApplication.translate("AlarmSetting", "In use"),
        "suppression_expression": QCoreApplication.translate("AlarmSetting", "Suppression"),
    }.get(setting, setting)


def setting_value(setting: str, value: Setting, unit: str = "") -> str:
    """Return a setting's value with its unit."""
    if isinstance(value, bool):
        return (
            QCoreApplication.translate("AlarmSetting", "Yes")
            if value
            else QCoreApplication.translate("AlarmSetting", "No")
        )
    if isinstance(value, str):
        names = {one.name.lower(): one for one in Priority}
        if setting == "priority" and value in names:
            return priority_text(names[value])
        return value or QCoreApplication.translate("AlarmSetting", "None")
    if setting in ("on_delay_s", "off_delay_s"):
        unit = "s"
    return f"{number(value)} {unit}".rstrip()

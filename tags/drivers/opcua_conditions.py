"""The conditions of one session: an event subscription, and refreshes that make it complete (OPA-04, -05)."""

import asyncio
import logging
import math
from collections.abc import Sequence
from typing import Final

from asyncua import ua

from tags.clock import Clock
from tags.conditions import ConditionSink, DeviceCondition
from tags.drivers.base import DriverError, DriverFault, Item
from tags.drivers.opcua_decode import Published, published_of
from tags.drivers.opcua_events import (
    REFRESH_END,
    REFRESH_REQUIRED,
    REFRESH_START,
    SELECTIONS,
    condition_of,
    fields_of,
    select_clauses,
)
from tags.drivers.opcua_failures import code_name
from tags.drivers.opcua_publishing import Publisher
from tags.drivers.opcua_session import Session
from tags.drivers.tasks import run_together

_log = logging.getLogger(__name__)

_PERIOD_MS: Final = 500
_QUEUE: Final = 10_000
"""Events that a server keeps between two messages: a flood of alarms must not overflow it."""
_BUSY_S: Final = 1.0
"""Pause before a refresh is asked for again while another one runs."""
_REFRESH_S: Final = 30.0
"""So long a server may take to report what it retains."""
_MOST_REPUBLISHED: Final = 10
_NO_REFRESH: Final = frozenset(
    {
        ua.StatusCodes.BadMethodInvalid,
        ua.StatusCodes.BadNodeIdInvalid,
        ua.StatusCodes.BadNodeIdUnknown,
        ua.StatusCodes.BadNotSupported,
        ua.StatusCodes.BadNotImplemented,
        ua.StatusCodes.BadServiceUnsupported,
        ua.StatusCodes.BadUserAccessDenied,
        ua.StatusCodes.BadNotExecutable,
        ua.StatusCodes.BadNothingToDo,
    }
)
"""What servers answer that have no such method; the last one of those that declare it and do nothing."""


class ConditionWatch:
    """Report a server's conditions to a sink until cancelled or the connection fails. For one use.

    No where clause is sent, as some controllers refuse any: what is no condition is dropped here.
    """

    def __init__(
        self,
        session: Session,
        publisher: Publisher,
        items: Sequence[Item],
        sink: ConditionSink,
        clock: Clock,
        area: str,
    ) -> None:
        self._session = session
        self._publisher = publisher
        self._sink = sink
        self._clock = clock
        self._area = area
        self._tag_ids = {
            node_id: item.tag_id for item in items if (node_id := session.node_id(item.address)) is not None
        }
        self._selection = SELECTIONS[0]
        self._subscription_id = 0
        self._wanted = asyncio.Event()
        self._deadline_s = math.inf

    async def run(self) -> None:
        """Subscribe, refresh, and go on.

        Raises:
            DriverError: the connection failed, or (UNSUPPORTED) the server reports no events.
        """
        try:
            await self._subscribe()
            await run_together(
                [
                    ("opcua publish conditions", self._publisher.publish()),
                    ("opcua conditions", self._keep()),
                ]
            )
        except BaseException:
            # Whatever ended it: a session that goes on must not go on reporting to nobody.
            await self._publisher.delete([self._subscription_id])
            raise

    async def _subscribe(self) -> None:
        self._subscription_id, _ = await self._publisher.create(_PERIOD_MS, self)
        status = 0
        for self._selection in SELECTIONS:
            parameters = ua.CreateMonitoredItemsParameters()
            parameters.SubscriptionId = self._subscription_id
            parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            parameters.ItemsToCreate = [self._monitored()]
            (result,) = await self._session.request_all(
                "subscribing to events", self._session.services.create_monitored_items, parameters, 1
            )
            if result.StatusCode.is_good():
                self._wanted.set()
                return
            status = int(result.StatusCode.value)
        raise DriverError(
            DriverFault.UNSUPPORTED,
            f"the server reports no alarms: it answered {code_name(status)}",
            status,
        )

    def _monitored(self) -> ua.MonitoredItemCreateRequest:
        request = ua.MonitoredItemCreateRequest()
        request.ItemToMonitor.NodeId = ua.NodeId(ua.ObjectIds.Server)
        request.ItemToMonitor.AttributeId = ua.AttributeIds.EventNotifier
        request.MonitoringMode = ua.MonitoringMode.Reporting
        parameters = ua.MonitoringParameters()
        parameters.SamplingInterval = 0.0
        parameters.QueueSize = _QUEUE
        parameters.DiscardOldest = True
        parameters.Filter = ua.EventFilter(SelectClauses=select_clauses(self._selection))
        request.RequestedParameters = parameters
        return request

    async def _keep(self) -> None:
        """Refresh whenever it is wanted, and end when the subscription is silent."""
        loop = asyncio.get_running_loop()
        while True:
            if self._wanted.is_set():
                self._wanted.clear()
                await self._refresh()
            if loop.time() > self._deadline_s:
                self._deadline_s = math.inf
                self._sink.refresh_refused("the server does not finish reporting the alarms that it retains")
            left_s = min(
                self._publisher.silence_left_s([self._subscription_id]), self._deadline_s - loop.time()
            )
            try:
                async with asyncio.timeout(max(left_s, 0.0) + 0.001):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _refresh(self) -> None:
        """Have all retained conditions reported: between a start and an end event of their own."""
        request = ua.CallMethodRequest(
            ObjectId=ua.NodeId(ua.ObjectIds.ConditionType),
            MethodId=ua.NodeId(ua.ObjectIds.ConditionType_ConditionRefresh),
            InputArguments=[ua.Variant(self._subscription_id, ua.VariantType.UInt32)],
        )
        while True:
            # Before the call: the events may be taken sooner than its answer.
            self._deadline_s = asyncio.get_running_loop().time() + _REFRESH_S
            (result,) = await self._session.request_all(
                "refreshing the alarms", self._session.services.call, [request], 1
            )
            status = int(result.StatusCode.value)
            if status == ua.StatusCodes.BadRefreshInProgress:
                await asyncio.sleep(_BUSY_S)
                continue
            if result.StatusCode.is_good():
                return
            self._deadline_s = math.inf
            if status == ua.StatusCodes.BadSubscriptionIdInvalid:
                raise DriverError(DriverFault.LOST, "the server has forgotten the event subscription", status)
            reason = "" if status in _NO_REFRESH else f" ({code_name(status)})"
            self._sink.refresh_refused(
                "the server cannot report the alarms that it retains"
                f"{reason}; only those that change from now on are known"
            )
            return

    def take(self, _subscription_id: int, published: Published) -> None:
        """Report the events of a message in their order."""
        receive_ns = self._clock.now_ns()
        found: list[DeviceCondition] = []
        for values in published.events:
            fields = fields_of(self._selection, values)
            kind = fields["EventType"]
            if kind in REFRESH_REQUIRED:
                self._wanted.set()
            elif kind in (REFRESH_START, REFRESH_END):
                self._report(found)
                found = []
                if kind == REFRESH_START:
                    self._sink.refresh_began()
                else:
                    self._deadline_s = math.inf
                    self._sink.refresh_ended()
            else:
                condition = condition_of(fields, self._tag_ids, receive_ns, self._area)
                if condition is not None:
                    found.append(condition)
        self._report(found)

    def _report(self, found: list[DeviceCondition]) -> None:
        if found:
            self._sink.reported(found)

    async def make_good(self, subscription_id: int, gap: range) -> None:
        """Get lost events again one by one, or else all that the server retains."""
        _log.info("messages with events of the server were lost on the way; they are asked for again")
        try:
            if len(gap) <= _MOST_REPUBLISHED:
                for number in gap:
                    message = await self._session.request(
                        "asking for lost events", self._session.services.republish, subscription_id, number
                    )
                    self.take(subscription_id, published_of(subscription_id, message))
                return
        except DriverError as error:
            if error.fault in (DriverFault.LOST, DriverFault.TIMEOUT):
                raise
        self._wanted.set()

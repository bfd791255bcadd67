"""The address maps of the three controllers: the only place where an address of the cell is written down.

`projects/examples/packaging_cell/tags.csv` is tested against these tables.
"""

from __future__ import annotations

from tags.simulator.points import Point, Scale
from tags.simulator.training import MOST_SILENT_S

FILLING = "filling"
CONVEYORS = "conveyors"
LINE = "line"
CONTROLLERS = (FILLING, CONVEYORS, LINE)

_ANALOGUE = Scale(0, 27648, 0.0, 100.0)
_TENTHS = Scale(0, 1000, 0.0, 100.0)
_HUNDREDTHS = Scale(0, 10_000, 0.0, 100.0)
_CURRENT_LOOP = Scale(4000, 20_000, 0.0, 10.0)
_COUNTER_KWH = Scale(0, 100_000_000, 0.0, 1_000_000.0)


def _loop(db: int, source: str, low: float, high: float) -> tuple[Point, ...]:
    return (
        Point(f"DB{db}.DBD0", "FLOAT32", f"{source}.set_point", writable=True, low=low, high=high),
        Point(f"DB{db}.DBD4", "FLOAT32", f"{source}.process_value"),
        Point(f"DB{db}.DBD8", "FLOAT32", f"{source}.output"),
        Point(f"DB{db}.DBX12.0", "BOOL", f"{source}.auto", writable=True),
        Point(f"DB{db}.DBD14", "FLOAT32", f"{source}.manual_output", writable=True, low=0.0, high=100.0),
    )


def _valve(db: int, source: str) -> tuple[Point, ...]:
    return (
        Point(f"DB{db}.DBX0.0", "BOOL", f"{source}.commanded"),
        Point(f"DB{db}.DBX0.1", "BOOL", f"{source}.opened"),
        Point(f"DB{db}.DBX0.2", "BOOL", f"{source}.closed"),
        Point(f"DB{db}.DBX0.3", "BOOL", f"{source}.fault"),
        Point(f"DB{db}.DBX1.0", "BOOL", f"{source}.reset_request", writable=True),
        Point(f"DB{db}.DBD2", "FLOAT32", f"{source}.position_pct"),
        Point(f"DB{db}.DBD6", "INT32", f"{source}.strokes"),
    )


def _starter(db: int, source: str) -> tuple[Point, ...]:
    return (
        Point(f"DB{db}.DBX0.0", "BOOL", f"{source}.running"),
        Point(f"DB{db}.DBX0.1", "BOOL", f"{source}.tripped"),
        Point(f"DB{db}.DBX1.0", "BOOL", f"{source}.reset_request", writable=True),
        Point(f"DB{db}.DBD2", "FLOAT32", f"{source}.speed_rpm"),
        Point(f"DB{db}.DBD6", "FLOAT32", f"{source}.current_a"),
        Point(f"DB{db}.DBD10", "FLOAT32", f"{source}.winding_c"),
        Point(f"DB{db}.DBD14", "FLOAT32", f"{source}.load_pct"),
        Point(f"DB{db}.DBD18", "FLOAT32", f"{source}.run_hours"),
        Point(f"DB{db}.DBD22", "INT32", f"{source}.starts"),
    )


def _fault(address: str, name: str) -> Point:
    return Point(address, "BOOL", f"training.faults.{name}.on", writable=True)


FILLING_POINTS: tuple[Point, ...] = (
    Point("DB1.DBX0.0", "BOOL", "instruments.level_ok"),
    Point("DB1.DBX0.1", "BOOL", "heater_on"),
    Point("DB1.DBX0.2", "BOOL", "tank_low_switch"),
    Point("DB1.DBX0.3", "BOOL", "tank_high_switch"),
    Point("DB1.DBW2", "INT16", "level_raw_pct", _ANALOGUE),
    Point("DB1.DBW4", "INT16", "instruments.temperature_c", _TENTHS),
    Point("DB1.DBD6", "FLOAT32", "tank.volume_l"),
    Point("DB1.DBD10", "FLOAT32", "refill_flow_l_min"),
    Point("DB1.DBD14", "FLOAT32", "tank.heater_kw"),
    Point("DB1.STRING20.24", "STRING", "product", writable=True),
    *_loop(2, "level_loop", 20.0, 90.0),
    *_loop(3, "temperature_loop", 15.0, 40.0),
    Point("DB4.DBX0.0", "BOOL", "bottle_at_filler"),
    Point("DB4.DBX0.1", "BOOL", "filler.filling"),
    Point("DB4.DBX0.2", "BOOL", "causes.eye_fault"),
    Point("DB4.DBD2", "FLOAT32", "filler.set_point_g", writable=True, low=200.0, high=300.0),
    Point("DB4.DBD6", "FLOAT32", "filler.tolerance_g", writable=True, low=2.0, high=20.0),
    Point("DB4.DBD10", "FLOAT32", "filler.last_weight_g"),
    Point("DB4.DBD14", "FLOAT32", "filler.mean_weight_g"),
    Point("DB4.DBD18", "FLOAT32", "filler.flow_g_s"),
    Point("DB4.DBW22", "INT16", "filler.last_fill_ms"),
    Point("DB4.DBD24", "INT32", "filler.count"),
    *_valve(10, "fill_valve"),
    *_valve(11, "refill_valve"),
    *_starter(20, "agitator_motor"),
    *_starter(21, "capper_motor"),
    Point("DB30.DBX0.0", "BOOL", "bottle_at_capper"),
    Point("DB30.DBX0.1", "BOOL", "capper.head_down"),
    Point("DB30.DBX0.2", "BOOL", "capper.feeder_running"),
    Point("DB30.DBX0.3", "BOOL", "capper.empty"),
    Point("DB30.DBD2", "FLOAT32", "capper.torque_set_point_nm", writable=True, low=1.0, high=3.0),
    Point("DB30.DBD6", "FLOAT32", "capper.torque_minimum_nm", writable=True, low=0.5, high=2.5),
    Point("DB30.DBD10", "FLOAT32", "capper.last_torque_nm"),
    Point("DB30.DBW14", "INT16", "capper.magazine_pct", _ANALOGUE),
    Point("DB30.DBW16", "INT16", "capper.caps_whole"),
    Point("DB30.DBD18", "INT32", "capper.count"),
    Point("DB30.DBD22", "INT32", "capper.missing_caps"),
    Point("DB40.DBW0", "UINT16", "heartbeat"),
    Point("DB40.STRING2.16", "STRING", "filling_programme"),
    Point("DB40.DBD20", "FLOAT32", "cycle_ms"),
    Point("M0.5", "BOOL", "clock_pulse"),
    *(
        _fault(f"DB90.DBX0.{bit}", name)
        for bit, name in enumerate(
            (
                "tank_supply_lost",
                "heater_stuck_on",
                "valve_stuck",
                "level_sensor_failed",
                "fill_drift",
                "agitator_trip",
                "cap_magazine_empty",
            )
        )
    ),
)


def _drive(block: int, source: str) -> tuple[Point, ...]:
    return (
        Point(f"IR{block}0.0", "BOOL", f"{source}.running"),
        Point(f"IR{block}0.1", "BOOL", f"{source}.tripped"),
        Point(f"IR{block}0.2", "BOOL", f"{source}.at_speed"),
        Point(f"IR{block}1", "UINT16", f"{source}.frequency_hz", _HUNDREDTHS),
        Point(f"IR{block}2", "UINT16", f"{source}.current_a", _HUNDREDTHS),
        Point(f"IR{block}3", "INT16", f"{source}.winding_c", _TENTHS),
        Point(f"IR{block}4", "INT16", f"{source}.load_pct", _TENTHS),
        Point(f"IR{block}5", "FLOAT32", f"{source}.run_hours"),
        Point(f"IR{block}7", "UINT32", f"{source}.starts"),
        Point(
            f"HR{block}0",
            "UINT16",
            f"{source}.frequency_limit_hz",
            _HUNDREDTHS,
            writable=True,
            low=10.0,
            high=50.0,
        ),
    )


_METER: tuple[tuple[int, str], ...] = (
    (200, "active_kw"),
    (202, "reactive_kvar"),
    (204, "apparent_kva"),
    (206, "cos_phi"),
    (208, "voltage_v"),
    (210, "current_l1_a"),
    (212, "current_l2_a"),
    (214, "current_l3_a"),
    (216, "frequency_hz"),
    (218, "heater_kw"),
    (220, "drives_kw"),
    (222, "compressor_kw"),
    (224, "base_kw"),
)

CONVEYOR_POINTS: tuple[Point, ...] = (
    Point("DI0", "BOOL", "line.infeed_eye.blocked"),
    Point("DI1", "BOOL", "line.filler_eye.blocked"),
    Point("DI2", "BOOL", "line.capper_eye.blocked"),
    Point("DI3", "BOOL", "line.reject_eye.blocked"),
    Point("DI4", "BOOL", "line.exit_eye.blocked"),
    Point("DI5", "BOOL", "causes.emergency_stop"),
    Point("DI6", "BOOL", "line.downstream_ok"),
    Point("DI7", "BOOL", "line.supply_ok"),
    Point("DI8", "BOOL", "line.cylinder_out"),
    Point("DI9", "BOOL", "line.bin_full"),
    Point("C0", "BOOL", "infeed_motor.reset_request", writable=True),
    Point("C1", "BOOL", "outfeed_motor.reset_request", writable=True),
    Point("C2", "BOOL", "compressor_motor.reset_request", writable=True),
    Point("C3", "BOOL", "inputs.bin_emptied", writable=True),
    Point("C4", "BOOL", "inputs.jog_infeed", writable=True),
    Point("C5", "BOOL", "inputs.jog_outfeed", writable=True),
    Point("IR0", "UINT32", "line.infeed_eye.count"),
    Point("IR2", "UINT32", "line.good"),
    Point("IR4", "UINT32", "line.rejected"),
    Point("IR6", "UINT16", "line.in_machine"),
    Point("IR7", "UINT16", "line.bin_count"),
    Point("IR8", "UINT16", "infeed_belt_m_s", Scale(0, 1000, 0.0, 1.0)),
    Point("IR9", "UINT16", "outfeed_belt_m_s", Scale(0, 1000, 0.0, 1.0)),
    Point("IR10", "UINT32", "line.filler_eye.count"),
    Point("IR12", "UINT32", "line.capper_eye.count"),
    Point("IR14", "UINT32", "line.reject_eye.count"),
    Point("IR16", "UINT32", "line.exit_eye.count"),
    Point("IR18", "UINT16", "heartbeat"),
    Point("IR19", "UINT16", "cycle_ms", Scale(0, 10_000, 0.0, 1000.0)),
    Point("HR0", "UINT16", "line.bin_capacity", writable=True, low=5, high=200),
    Point("HR20.0", "BOOL", "line.rejector_enabled", writable=True),
    Point("HR30/16", "STRING", "line_label", writable=True),
    *_drive(10, "infeed_motor"),
    *_drive(11, "outfeed_motor"),
    *_drive(12, "compressor_motor"),
    *(Point(f"IR{register}:CDAB", "FLOAT32", f"meter.{source}") for register, source in _METER),
    Point("IR226:CDAB", "UINT32", "meter.counter_kwh", _COUNTER_KWH),
    Point("IR300", "UINT16", "instruments.air_pressure_bar", _CURRENT_LOOP),
    Point("IR301", "UINT16", "instruments.air_flow_nl_min", Scale(4000, 20_000, 0.0, 500.0)),
    Point("IR302", "INT16", "instruments.dew_point_c", Scale(-500, 500, -50.0, 50.0)),
    Point("HR300", "UINT16", "air.cut_in_bar", _HUNDREDTHS, writable=True, low=4.0, high=6.5),
    Point("HR301", "UINT16", "air.cut_out_bar", _HUNDREDTHS, writable=True, low=6.6, high=8.0),
    *(
        _fault(f"C{coil}", name)
        for coil, name in enumerate(
            (
                "infeed_jam",
                "outfeed_jam",
                "photo_eye_blinded",
                "low_air_pressure",
                "mains_voltage_low",
                "emergency_stop",
            ),
            start=20,
        )
    ),
    Point("HR400", "UINT16", "training.silent_line_s", writable=True, low=0, high=MOST_SILENT_S),
)
"""32-bit values have the high word first (ABCD); those of the energy meter the low word first (CDAB)."""


def _node(
    name: str,
    data_type: str,
    source: str,
    *,
    writable: bool = False,
    low: float = -float("inf"),
    high: float = float("inf"),
    unit: str = "",
) -> Point:
    return Point(
        f"ns=2;s=Line.{name}",
        data_type,
        source,
        writable=writable,
        low=low,
        high=high,
        unit=unit,
        name=f"Line.{name}",
    )


LINE_POINTS: tuple[Point, ...] = (
    _node("Command.CntrlCmd", "INT32", "inputs.cntrl_cmd", writable=True, low=0, high=10),
    _node("Command.CmdChangeRequest", "BOOL", "inputs.cmd_change_request", writable=True),
    _node("Command.PanelCommand", "INT32", "inputs.panel_command", writable=True, low=0, high=10),
    _node("Command.UnitMode", "INT32", "inputs.unit_mode", writable=True, low=1, high=3),
    _node("Command.UnitModeChangeRequest", "BOOL", "inputs.unit_mode_change_request", writable=True),
    _node(
        "Command.MachSpeed", "FLOAT32", "inputs.mach_speed", writable=True, low=10.0, high=60.0, unit="1/min"
    ),
    _node("Command.BatchSize", "INT32", "batch_size", writable=True, low=0, high=100_000),
    _node("Command.ResetCounters", "BOOL", "inputs.reset_counters", writable=True),
    _node("Command.ResetPackMLTimes", "BOOL", "inputs.reset_times", writable=True),
    _node("Command.Recipe", "STRING", "recipe", writable=True),
    _node("Status.StateCurrent", "INT32", "state_number"),
    _node("Status.StateRequested", "INT32", "unit.state_requested"),
    _node("Status.StateChangeInProcess", "BOOL", "unit.acting"),
    _node("Status.UnitModeCurrent", "INT32", "unit.mode"),
    _node("Status.UnitModeRequested", "INT32", "unit.mode_requested"),
    _node("Status.UnitModeChangeInProcess", "BOOL", "mode_change_pending"),
    _node("Status.MachSpeed", "FLOAT32", "inputs.mach_speed", low=0.0, high=80.0, unit="1/min"),
    _node("Status.CurMachSpeed", "FLOAT32", "cur_mach_speed", low=0.0, high=80.0, unit="1/min"),
    _node("Status.EquipmentInterlock.Blocked", "BOOL", "causes.blocked"),
    _node("Status.EquipmentInterlock.Starved", "BOOL", "causes.starved"),
    _node("Status.MaterialInterlock", "BOOL", "material_ready"),
    _node("Status.RefusedCommands", "UINT32", "unit.refused_commands"),
    _node("Status.CycleTime", "FLOAT32", "cycle_ms", low=0.0, high=1000.0, unit="ms"),
    _node("Status.BatchId", "STRING", "batch_id"),
    _node("Status.Stacklight.Red", "BOOL", "light_red"),
    _node("Status.Stacklight.Amber", "BOOL", "light_amber"),
    _node("Status.Stacklight.Green", "BOOL", "light_green"),
    _node("Admin.ProdConsumedCount", "UINT32", "line.infeed_eye.count"),
    _node("Admin.ProdProcessedCount", "UINT32", "line.processed"),
    _node("Admin.ProdDefectiveCount", "UINT32", "line.rejected"),
    _node("Admin.MachDesignSpeed", "FLOAT32", "design_speed", low=0.0, high=80.0, unit="1/min"),
    _node("Admin.StopReason.ID", "INT32", "stop_reason"),
    _node("Admin.StopReason.Text", "STRING", "stop_reason_text"),
    _node("Admin.StopReason.DateTime", "DATETIME", "stop_reason_ns"),
    _node("Admin.StateCurrentTime", "FLOAT64", "whole_state_time_s", low=0.0, high=86_400.0, unit="s"),
    _node("Admin.ModeCurrentTime", "FLOAT64", "whole_mode_time_s", low=0.0, high=86_400.0, unit="s"),
    _node("Admin.ExecuteTime", "FLOAT64", "execute_time_s", low=0.0, high=86_400.0, unit="s"),
    _node("Admin.DownTime", "FLOAT64", "down_time_s", low=0.0, high=86_400.0, unit="s"),
    _node("Admin.ExternalTime", "FLOAT64", "external_time_s", low=0.0, high=86_400.0, unit="s"),
    _node("Training.DownstreamBlocked", "BOOL", "training.faults.downstream_blocked.on", writable=True),
    _node("Training.UpstreamStarved", "BOOL", "training.faults.upstream_starved.on", writable=True),
    _node(
        "Training.SilenceFilling",
        "INT32",
        "training.silent_filling_s",
        writable=True,
        low=0,
        high=MOST_SILENT_S,
        unit="s",
    ),
    _node(
        "Training.SilenceConveyors",
        "INT32",
        "training.silent_conveyors_s",
        writable=True,
        low=0,
        high=MOST_SILENT_S,
        unit="s",
    ),
    _node("Training.RandomFaults", "BOOL", "training.random_faults", writable=True),
    _node("Training.Attendant", "BOOL", "training.attendant", writable=True),
)

POINTS: dict[str, tuple[Point, ...]] = {
    FILLING: FILLING_POINTS,
    CONVEYORS: CONVEYOR_POINTS,
    LINE: LINE_POINTS,
}

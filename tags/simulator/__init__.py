"""A packaging cell that does not exist, on three controllers that answer real sockets.

What it is
    `cell.PackagingCell` is a pure process model: no sockets, no clock, no asyncio;
    `PackagingCell(seed).step(dt_s)` and the same seed with the same inputs gives the same trajectory. Around
    it, `app.run` steps the model every 50 ms and shows it as three controllers on loopback:

    ========== ========== ===================================================== ============
    controller protocol   what it holds                                         default port
    ========== ========== ===================================================== ============
    filling    S7         tank, level and temperature loop, filler, capper      11020
    conveyors  Modbus TCP drives, photo-eyes, rejector, energy meter, air       15020
    line       OPC UA     PackML state machine, counters, stop reason           48400
    ========== ========== ===================================================== ============

The process
    Bottles are discrete items on one axis from the infeed (0 m) to the outfeed (6 m). They are filled at 2.0
    m, capped at 3.2 m, pushed out at 4.2 m when they are bad, and leave at 6.0 m. Every sensor and counter
    derives from the same bottles, so infeed count = good + rejected + in the machine, always. The dose is
    timed, so the weight follows the head in the tank and the temperature of the product: a level or
    temperature that runs away makes rejects. PackML states and commands are tables in `packml` (standards
    PML-01..09); causes inside the machine hold it, causes outside (blocked, starved) suspend it (PML-06), a
    trip or the emergency stop aborts it.

Faults
    `faults.FAULTS` names them; `cell.inject(name)` and `cell.clear(name)`. Some also happen by themselves,
    rarely and seeded, and an attendant (a simulated colleague) then repairs and restarts the cell, so that a
    demo lives without a hand; both can be switched off. The attendant leaves a cell alone that the operator
    has stopped.

The controllers
    One table per controller (`maps`) gives each point its name, address, type and scaling, and says which
    attribute of the model it shows or sets. All three servers run in one asyncio loop, the S7 one too (the
    threads of snap7's own server are not used), so that a tick is atomic on the wire without locks. A write
    takes effect before the answer is sent, out-of-range set points are clamped as a PLC programme would, and
    the clamped value is what reads back. Command bits return to 0 on the next tick, once the programme has
    taken them.

The control channel
    JSON lines over TCP on loopback (`control`): status, inject, clear, stop, start, seed. Stopping a
    controller aborts its sockets at once, as if its process had been killed.
"""

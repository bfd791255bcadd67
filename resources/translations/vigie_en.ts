<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="en_GB">
    <context>
        <name>AlarmAction</name>
        <message numerus="yes">
            <source>and %n more</source>
            <translation>
                <numerusform>and %n more</numerusform>
                <numerusform>and %n more</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>AlarmDesk</name>
        <message numerus="yes">
            <source> (and %n more refusal(s))</source>
            <translation>
                <numerusform> (and %n more refusal)</numerusform>
                <numerusform> (and %n more refusals)</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>AlarmHistoryView</name>
        <message numerus="yes">
            <source>%Ln event(s)</source>
            <translation>
                <numerusform>%Ln event</numerusform>
                <numerusform>%Ln events</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Loading the journal: %Ln event(s)…</source>
            <translation>
                <numerusform>Loading the journal: %Ln event…</numerusform>
                <numerusform>Loading the journal: %Ln events…</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>AlarmListModel</name>
        <message numerus="yes">
            <source>%Ln waiting</source>
            <translation>
                <numerusform>%Ln waiting</numerusform>
                <numerusform>%Ln waiting</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{message}
Alarm {alarm_id}, annunciated %Ln time(s)</source>
            <translation>
                <numerusform>{message}
Alarm {alarm_id}, annunciated %Ln time</numerusform>
                <numerusform>{message}
Alarm {alarm_id}, annunciated %Ln times</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>AlarmPage</name>
        <message numerus="yes">
            <source>%Ln not acknowledged: scroll or open their group to see them first</source>
            <translation>
                <numerusform>%Ln not acknowledged: scroll or open its group to see it first</numerusform>
                <numerusform>%Ln not acknowledged: scroll or open their group to see them first</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln not acknowledged: their class asks for a comment</source>
            <translation>
                <numerusform>%Ln not acknowledged: its class asks for a comment</numerusform>
                <numerusform>%Ln not acknowledged: their class asks for a comment</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{shown} of %Ln alarm(s) shown</source>
            <translation>
                <numerusform>{shown} of %Ln alarm shown</numerusform>
                <numerusform>{shown} of %Ln alarms shown</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>AlarmRows</name>
        <message numerus="yes">
            <source>%n more alarm(s)</source>
            <translation>
                <numerusform>%n more alarm</numerusform>
                <numerusform>%n more alarms</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ConnectionBook</name>
        <message numerus="yes">
            <source>All %Ln controller(s) connected</source>
            <translation>
                <numerusform>%Ln controller connected</numerusform>
                <numerusform>All %Ln controllers connected</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{good} of %Ln controller(s) connected ({others})</source>
            <translation>
                <numerusform>{good} of %Ln controller connected ({others})</numerusform>
                <numerusform>{good} of %Ln controllers connected ({others})</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>EventLogPage</name>
        <message numerus="yes">
            <source>%Ln event(s)</source>
            <translation>
                <numerusform>%Ln event</numerusform>
                <numerusform>%Ln events</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>The newest %Ln event(s); scroll down for older ones</source>
            <translation>
                <numerusform>The newest %Ln event; scroll down for older ones</numerusform>
                <numerusform>The newest %Ln events; scroll down for older ones</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>FrameLog</name>
        <message numerus="yes">
            <source>%Ln left out</source>
            <translation>
                <numerusform>%Ln left out</numerusform>
                <numerusform>%Ln left out</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>MatrixPage</name>
        <message numerus="yes">
            <source>{title}: %Ln alarm(s)</source>
            <translation>
                <numerusform>{title}: %Ln alarm</numerusform>
                <numerusform>{title}: %Ln alarms</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PenChooser</name>
        <message numerus="yes">
            <source>%n of {most} pen(s) in use</source>
            <translation>
                <numerusform>%n of {most} pens in use</numerusform>
                <numerusform>%n of {most} pens in use</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PerformancePage</name>
        <message numerus="yes">
            <source>Loading the journal: %Ln event(s)…</source>
            <translation>
                <numerusform>Loading the journal: %Ln event…</numerusform>
                <numerusform>Loading the journal: %Ln events…</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{title}: %Ln row(s)</source>
            <translation>
                <numerusform>{title}: %Ln row</numerusform>
                <numerusform>{title}: %Ln rows</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PriorityCount</name>
        <message numerus="yes">
            <source>%Ln unacknowledged</source>
            <translation>
                <numerusform>%Ln unacknowledged</numerusform>
                <numerusform>%Ln unacknowledged</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{priority}: %Ln alarm(s), {waiting}</source>
            <translation>
                <numerusform>{priority}: %Ln alarm, {waiting}</numerusform>
                <numerusform>{priority}: %Ln alarms, {waiting}</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Repeater</name>
        <message numerus="yes">
            <source>%n more do not fit here.</source>
            <translation>
                <numerusform>%n more does not fit here.</numerusform>
                <numerusform>%n more do not fit here.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>SentenceDialog</name>
        <message numerus="yes">
            <source>and %n more</source>
            <translation>
                <numerusform>and %n more</numerusform>
                <numerusform>and %n more</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Trend</name>
        <message numerus="yes">
            <source>Trend of %n tag(s)</source>
            <translation>
                <numerusform>Trend of %n tag</numerusform>
                <numerusform>Trend of %n tags</numerusform>
            </translation>
        </message>
    </context>
</TS>

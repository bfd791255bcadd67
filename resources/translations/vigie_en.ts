<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="en_GB">
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

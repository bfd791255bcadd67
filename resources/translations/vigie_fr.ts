<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr_FR" sourcelanguage="en_GB">
    <context>
        <name>About</name>
        <message>
            <source>About Vigie</source>
            <translation>À propos de Vigie</translation>
        </message>
        <message>
            <source>Acknowledge the selected alarms in the list</source>
            <translation>Acquitter les alarmes sélectionnées dans la liste</translation>
        </message>
        <message>
            <source>Acknowledge what was seen of the selected alarm's area</source>
            <translation>Acquitter ce qui a été vu de la zone de l’alarme sélectionnée</translation>
        </message>
        <message>
            <source>Confirm or comment the selected alarms of a device</source>
            <translation>Confirmer ou commenter les alarmes sélectionnées d’un appareil</translation>
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>Raccourcis clavier</translation>
        </message>
        <message>
            <source>Link</source>
            <translation>Liaison</translation>
        </message>
        <message>
            <source>Move and zoom the trend; End returns to live</source>
            <translation>Déplacer et zoomer les courbes ; Fin revient au direct</translation>
        </message>
        <message>
            <source>Reset the selected latched alarms</source>
            <translation>Réarmer les alarmes mémorisées sélectionnées</translation>
        </message>
        <message>
            <source>Runs since</source>
            <translation>En marche depuis</translation>
        </message>
        <message>
            <source>Shelve or unshelve the selected alarms</source>
            <translation>Mettre en attente les alarmes sélectionnées, ou lever l’attente</translation>
        </message>
        <message>
            <source>Station</source>
            <translation>Station</translation>
        </message>
        <message>
            <source>Station's version</source>
            <translation>Version de la station</translation>
        </message>
        <message>
            <source>Take the selected alarms out of service, or return them</source>
            <translation>Mettre hors service les alarmes sélectionnées, ou les remettre en service</translation>
        </message>
        <message>
            <source>Vigie</source>
            <translation>Vigie</translation>
        </message>
        <message>
            <source>Walk through a screen's elements and press one</source>
            <translation>Parcourir les éléments d’une vue et en actionner un</translation>
        </message>
        <message>
            <source>none</source>
            <translation>aucune</translation>
        </message>
    </context>
    <context>
        <name>Alarm</name>
        <message>
            <source>Acknowledged</source>
            <translation>Acquittée</translation>
        </message>
        <message>
            <source>Active</source>
            <translation>Active</translation>
        </message>
        <message>
            <source>Alarm</source>
            <translation>Alarme</translation>
        </message>
        <message>
            <source>Alarm again</source>
            <translation>Nouvelle alarme</translation>
        </message>
        <message>
            <source>Alert</source>
            <translation>Alerte</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>Zone</translation>
        </message>
        <message>
            <source>Back in service</source>
            <translation>Remise en service</translation>
        </message>
        <message>
            <source>By</source>
            <translation>Par</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Classe</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>Commentaire</translation>
        </message>
        <message>
            <source>Commented</source>
            <translation>Commentée</translation>
        </message>
        <message>
            <source>Confirmed</source>
            <translation>Confirmée</translation>
        </message>
        <message>
            <source>Disabled</source>
            <translation>Désactivée</translation>
        </message>
        <message>
            <source>Earlier one kept</source>
            <translation>Antérieure gardée</translation>
        </message>
        <message>
            <source>Enabled</source>
            <translation>Activée</translation>
        </message>
        <message>
            <source>Event</source>
            <translation>Événement</translation>
        </message>
        <message>
            <source>Event id</source>
            <translation>Identifiant d’événement</translation>
        </message>
        <message>
            <source>First-out</source>
            <translation>Première alarme</translation>
        </message>
        <message>
            <source>Gone</source>
            <translation>Disparue</translation>
        </message>
        <message>
            <source>High</source>
            <translation>Haute</translation>
        </message>
        <message>
            <source>Latched</source>
            <translation>Mémorisée</translation>
        </message>
        <message>
            <source>Latched, seen</source>
            <translation>Mémorisée, vue</translation>
        </message>
        <message>
            <source>Level</source>
            <translation>Niveau</translation>
        </message>
        <message>
            <source>Limit</source>
            <translation>Seuil</translation>
        </message>
        <message>
            <source>Low</source>
            <translation>Basse</translation>
        </message>
        <message>
            <source>Medium</source>
            <translation>Moyenne</translation>
        </message>
        <message>
            <source>Message</source>
            <translation>Message</translation>
        </message>
        <message>
            <source>Normal</source>
            <translation>Normale</translation>
        </message>
        <message>
            <source>Number</source>
            <translation>Numéro</translation>
        </message>
        <message>
            <source>Occurrence</source>
            <translation>Occurrence</translation>
        </message>
        <message>
            <source>Others</source>
            <translation>Autres</translation>
        </message>
        <message>
            <source>Out of service</source>
            <translation>Hors service</translation>
        </message>
        <message>
            <source>Present</source>
            <translation>Présente</translation>
        </message>
        <message>
            <source>Priority</source>
            <translation>Priorité</translation>
        </message>
        <message>
            <source>Priority changed</source>
            <translation>Priorité changée</translation>
        </message>
        <message>
            <source>Prompt</source>
            <translation>Invite</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualité</translation>
        </message>
        <message>
            <source>Received</source>
            <translation>Reçu</translation>
        </message>
        <message>
            <source>Reset</source>
            <translation>Réarmée</translation>
        </message>
        <message>
            <source>Reset refused</source>
            <translation>Réarmement refusé</translation>
        </message>
        <message>
            <source>Returned</source>
            <translation>Disparue</translation>
        </message>
        <message>
            <source>Severity</source>
            <translation>Sévérité</translation>
        </message>
        <message>
            <source>Shelved</source>
            <translation>En attente</translation>
        </message>
        <message>
            <source>State after</source>
            <translation>État après</translation>
        </message>
        <message>
            <source>State before</source>
            <translation>État avant</translation>
        </message>
        <message>
            <source>Suppressed</source>
            <translation>Inhibée</translation>
        </message>
        <message>
            <source>Suppression ended</source>
            <translation>Fin d’inhibition</translation>
        </message>
        <message>
            <source>Tag</source>
            <translation>Variable</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Heure</translation>
        </message>
        <message>
            <source>To confirm</source>
            <translation>À confirmer</translation>
        </message>
        <message>
            <source>Unit</source>
            <translation>Unité</translation>
        </message>
        <message>
            <source>Unshelved</source>
            <translation>Fin d’attente</translation>
        </message>
        <message>
            <source>Urgent</source>
            <translation>Urgente</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valeur</translation>
        </message>
        <message>
            <source>Workstation</source>
            <translation>Poste</translation>
        </message>
        <message>
            <source>input bad: {}</source>
            <translation>entrée mauvaise : {}</translation>
        </message>
        <message>
            <source>{before} → {after}</source>
            <translation>{before} → {after}</translation>
        </message>
        <message>
            <source>{mark} {title} ({count}). First: {first}</source>
            <translation>{mark} {title} ({count}). Première : {first}</translation>
        </message>
        <message>
            <source>{} keeps this alarm and is out of reach: its state is doubtful</source>
            <translation>{} tient cette alarme et est hors d’atteinte : son état est douteux</translation>
        </message>
    </context>
    <context>
        <name>AlarmAction</name>
        <message>
            <source>Acknowledge the alarm before you confirm it.</source>
            <translation>Acquittez l’alarme avant de la confirmer.</translation>
        </message>
        <message>
            <source>Acknowledge the alarm before you reset it.</source>
            <translation>Acquittez l’alarme avant de la réarmer.</translation>
        </message>
        <message>
            <source>Clear latched alarms whose cause is gone</source>
            <translation>Effacer les alarmes mémorisées dont la cause a disparu</translation>
        </message>
        <message>
            <source>Comment…</source>
            <translation>Commenter…</translation>
        </message>
        <message>
            <source>Confirm</source>
            <translation>Confirmer</translation>
        </message>
        <message>
            <source>Give a device's alarm a comment, which the device keeps</source>
            <translation>Donner à une alarme d’appareil un commentaire que l’appareil garde</translation>
        </message>
        <message>
            <source>Hide alarms for a time, with a reason</source>
            <translation>Masquer des alarmes pour un temps, avec un motif</translation>
        </message>
        <message>
            <source>Hide alarms under maintenance until they are returned, with a reason</source>
            <translation>Masquer des alarmes en maintenance jusqu’à leur remise en service, avec un motif</translation>
        </message>
        <message>
            <source>Only a latched alarm whose cause is gone can be reset.</source>
            <translation>Seule une alarme mémorisée dont la cause a disparu peut être réarmée.</translation>
        </message>
        <message>
            <source>Out of service…</source>
            <translation>Hors service…</translation>
        </message>
        <message>
            <source>Reset</source>
            <translation>Réarmer</translation>
        </message>
        <message>
            <source>Return to service…</source>
            <translation>Remettre en service…</translation>
        </message>
        <message>
            <source>Say that the cause of a device's alarm is dealt with</source>
            <translation>Dire que la cause d’une alarme d’appareil est traitée</translation>
        </message>
        <message>
            <source>Shelve…</source>
            <translation>Mettre en attente…</translation>
        </message>
        <message>
            <source>Shelving this alarm takes the role {role}.</source>
            <translation>Mettre cette alarme en attente exige le rôle {role}.</translation>
        </message>
        <message>
            <source>Show alarms again that were out of service</source>
            <translation>Afficher de nouveau des alarmes qui étaient hors service</translation>
        </message>
        <message>
            <source>Show shelved alarms again now</source>
            <translation>Afficher de nouveau tout de suite des alarmes en attente</translation>
        </message>
        <message>
            <source>The alarm is not in service.</source>
            <translation>L’alarme n’est pas en service.</translation>
        </message>
        <message>
            <source>The alarm is not out of service.</source>
            <translation>L’alarme n’est pas hors service.</translation>
        </message>
        <message>
            <source>The alarm is not shelved.</source>
            <translation>L’alarme n’est pas en attente.</translation>
        </message>
        <message>
            <source>The alarm is suppressed already.</source>
            <translation>L’alarme est déjà inhibée.</translation>
        </message>
        <message>
            <source>The alarm's class forbids taking it out of service.</source>
            <translation>La classe de l’alarme interdit de la mettre hors service.</translation>
        </message>
        <message>
            <source>The device asks for no confirmation of this alarm.</source>
            <translation>L’appareil ne demande pas de confirmer cette alarme.</translation>
        </message>
        <message>
            <source>The device that keeps this alarm is out of reach.</source>
            <translation>L’appareil qui tient cette alarme est hors d’atteinte.</translation>
        </message>
        <message>
            <source>The station keeps this alarm itself: it needs no more than its acknowledgement.</source>
            <translation>La station tient elle-même cette alarme : son acquittement suffit.</translation>
        </message>
        <message>
            <source>This alarm must not be shelved.</source>
            <translation>Cette alarme ne doit pas être mise en attente.</translation>
        </message>
        <message>
            <source>Unshelve</source>
            <translation>Lever l’attente</translation>
        </message>
        <message>
            <source>Until it returns to normal</source>
            <translation>Jusqu’à son retour à la normale</translation>
        </message>
        <message numerus="yes">
            <source>and %n more</source>
            <translation>
                <numerusform>et %n de plus</numerusform>
                <numerusform>et %n de plus</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>AlarmBanner</name>
        <message>
            <source>Acknowledge</source>
            <translation>Acquitter</translation>
        </message>
        <message>
            <source>Acknowledge the alarm in this line (F9)</source>
            <translation>Acquitter l’alarme de cette ligne (F9)</translation>
        </message>
        <message>
            <source>Alarms out of service; click for the list</source>
            <translation>Alarmes hors service ; cliquer pour la liste</translation>
        </message>
        <message>
            <source>Alarms shelved by an operator; click for the list</source>
            <translation>Alarmes mises en attente par un opérateur ; cliquer pour la liste</translation>
        </message>
        <message>
            <source>Alarms suppressed by design; click for the list</source>
            <translation>Alarmes inhibées par conception ; cliquer pour la liste</translation>
        </message>
        <message>
            <source>No active alarms</source>
            <translation>Aucune alarme active</translation>
        </message>
        <message>
            <source>Off</source>
            <translation>Hors service</translation>
        </message>
        <message>
            <source>Shelved</source>
            <translation>Attente</translation>
        </message>
        <message>
            <source>Silence</source>
            <translation>Silence</translation>
        </message>
        <message>
            <source>Silence this window's horn (F10); acknowledges nothing</source>
            <translation>Couper le son de cette fenêtre (F10) ; n’acquitte rien</translation>
        </message>
        <message>
            <source>Suppressed</source>
            <translation>Inhibées</translation>
        </message>
        <message>
            <source>What to do</source>
            <translation>Que faire</translation>
        </message>
        <message>
            <source>What to do about this alarm</source>
            <translation>Que faire pour cette alarme</translation>
        </message>
    </context>
    <context>
        <name>AlarmCommands</name>
        <message>
            <source>Select an alarm first.</source>
            <translation>Sélectionnez d’abord une alarme.</translation>
        </message>
    </context>
    <context>
        <name>AlarmDesk</name>
        <message numerus="yes">
            <source> (and %n more refusal(s))</source>
            <translation>
                <numerusform> (et %n autre refus)</numerusform>
                <numerusform> (et %n autres refus)</numerusform>
            </translation>
        </message>
        <message>
            <source>Alarms commented: {n}</source>
            <translation>Alarmes commentées : {n}</translation>
        </message>
        <message>
            <source>Alarms confirmed: {n}</source>
            <translation>Alarmes confirmées : {n}</translation>
        </message>
        <message>
            <source>Alarms reset: {n}</source>
            <translation>Alarmes réarmées : {n}</translation>
        </message>
        <message>
            <source>Alarms returned to service: {n}</source>
            <translation>Alarmes remises en service : {n}</translation>
        </message>
        <message>
            <source>Alarms shelved: {n}</source>
            <translation>Alarmes mises en attente : {n}</translation>
        </message>
        <message>
            <source>Alarms shown again: {n}</source>
            <translation>Alarmes affichées de nouveau : {n}</translation>
        </message>
        <message>
            <source>Alarms taken out of service: {n}</source>
            <translation>Alarmes mises hors service : {n}</translation>
        </message>
        <message>
            <source>Alarms: {text}</source>
            <translation>Alarmes : {text}</translation>
        </message>
        <message>
            <source>Refused: {text}{rest}</source>
            <translation>Refusé : {text}{rest}</translation>
        </message>
    </context>
    <context>
        <name>AlarmFigures</name>
        <message>
            <source>above target</source>
            <translation>au-dessus de l’objectif</translation>
        </message>
        <message>
            <source>exceeded</source>
            <translation>dépassé</translation>
        </message>
        <message>
            <source>goes on</source>
            <translation>en cours</translation>
        </message>
        <message>
            <source>met</source>
            <translation>tenu</translation>
        </message>
        <message>
            <source>no data</source>
            <translation>pas de données</translation>
        </message>
        <message>
            <source>stale</source>
            <translation>persistante</translation>
        </message>
        <message>
            <source>trend only</source>
            <translation>tendance seule</translation>
        </message>
    </context>
    <context>
        <name>AlarmHistoryModel</name>
        <message>
            <source>Area</source>
            <translation>Zone</translation>
        </message>
        <message>
            <source>By</source>
            <translation>Par</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>Commentaire</translation>
        </message>
        <message>
            <source>Event</source>
            <translation>Événement</translation>
        </message>
        <message>
            <source>Message</source>
            <translation>Message</translation>
        </message>
        <message>
            <source>State before and after</source>
            <translation>État avant et après</translation>
        </message>
        <message>
            <source>Station</source>
            <translation>Station</translation>
        </message>
        <message>
            <source>Tag</source>
            <translation>Variable</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Heure</translation>
        </message>
        <message>
            <source>Value / limit</source>
            <translation>Valeur / seuil</translation>
        </message>
    </context>
    <context>
        <name>AlarmHistoryView</name>
        <message numerus="yes">
            <source>%Ln event(s)</source>
            <translation>
                <numerusform>%Ln événement</numerusform>
                <numerusform>%Ln événements</numerusform>
            </translation>
        </message>
        <message>
            <source>Alarm journal from {first} to {last}</source>
            <translation>Journal des alarmes du {first} au {last}</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exporter…</translation>
        </message>
        <message numerus="yes">
            <source>Loading the journal: %Ln event(s)…</source>
            <translation>
                <numerusform>Chargement du journal : %Ln événement…</numerusform>
                <numerusform>Chargement du journal : %Ln événements…</numerusform>
            </translation>
        </message>
        <message>
            <source>Loading the journal…</source>
            <translation>Chargement du journal…</translation>
        </message>
        <message>
            <source>No alarm event in this period: choose a longer one.</source>
            <translation>Aucun événement d’alarme dans cette période : choisissez-en une plus longue.</translation>
        </message>
        <message>
            <source>No alarm event of this period matches the filter: choose a longer period or Show all.</source>
            <translation>Aucun événement de cette période ne correspond au filtre : choisissez une période plus longue ou Tout afficher.</translation>
        </message>
        <message>
            <source>Refresh</source>
            <translation>Actualiser</translation>
        </message>
        <message>
            <source>Screen at that moment</source>
            <translation>Vue à cet instant</translation>
        </message>
        <message>
            <source>Select an event to see all of it and to go to its trend.</source>
            <translation>Sélectionnez un événement pour le voir en entier et aller à sa courbe.</translation>
        </message>
        <message>
            <source>Show the alarm's screen with the values that it had then</source>
            <translation>Afficher la vue de l’alarme avec les valeurs d’alors</translation>
        </message>
        <message>
            <source>Show the tag's trend from 10 minutes before to 10 minutes after</source>
            <translation>Afficher la courbe de la variable de 10 minutes avant à 10 minutes après</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Arrêter</translation>
        </message>
        <message>
            <source>Stopped. Refresh loads the journal again.</source>
            <translation>Arrêté. Actualiser recharge le journal.</translation>
        </message>
        <message>
            <source>The journal cannot be shown: {}</source>
            <translation>Le journal ne peut pas être affiché : {}</translation>
        </message>
        <message>
            <source>The newest {} events of this period</source>
            <translation>Les {} événements les plus récents de la période</translation>
        </message>
        <message>
            <source>Trend ±10 min</source>
            <translation>Courbe ±10 min</translation>
        </message>
        <message>
            <source>Write the events shown as CSV, Excel or PDF</source>
            <translation>Écrire les événements affichés en CSV, Excel ou PDF</translation>
        </message>
        <message>
            <source>first of its group</source>
            <translation>première de son groupe</translation>
        </message>
        <message>
            <source>{user} at {workstation}</source>
            <translation>{user} sur {workstation}</translation>
        </message>
    </context>
    <context>
        <name>AlarmListModel</name>
        <message numerus="yes">
            <source>%Ln waiting</source>
            <translation>
                <numerusform>%Ln en attente</numerusform>
                <numerusform>%Ln en attente</numerusform>
            </translation>
        </message>
        <message>
            <source>Acknowledged</source>
            <translation>Acquittée</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>Zone</translation>
        </message>
        <message>
            <source>By</source>
            <translation>Par</translation>
        </message>
        <message>
            <source>First: {message}</source>
            <translation>Première : {message}</translation>
        </message>
        <message>
            <source>Message</source>
            <translation>Message</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Motif</translation>
        </message>
        <message>
            <source>Remaining</source>
            <translation>Reste</translation>
        </message>
        <message>
            <source>Since</source>
            <translation>Depuis</translation>
        </message>
        <message>
            <source>State</source>
            <translation>État</translation>
        </message>
        <message>
            <source>Tag</source>
            <translation>Variable</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Heure</translation>
        </message>
        <message>
            <source>Value / limit</source>
            <translation>Valeur / seuil</translation>
        </message>
        <message>
            <source>design</source>
            <translation>règle</translation>
        </message>
        <message numerus="yes">
            <source>{message}
Alarm {alarm_id}, annunciated %Ln time(s)</source>
            <translation>
                <numerusform>{message}
Alarme {alarm_id}, annoncée %Ln fois</numerusform>
                <numerusform>{message}
Alarme {alarm_id}, annoncée %Ln fois</numerusform>
            </translation>
        </message>
        <message>
            <source>{message}  (×{count})</source>
            <translation>{message}  (×{count})</translation>
        </message>
        <message>
            <source>{text}
Click to show or hide its alarms (Right, Left)</source>
            <translation>{text}
Cliquer pour montrer ou cacher ses alarmes (Droite, Gauche)</translation>
        </message>
    </context>
    <context>
        <name>AlarmMaintenance</name>
        <message>
            <source>Alarm settings: {text}</source>
            <translation>Réglages d’alarme : {text}</translation>
        </message>
        <message>
            <source>Back-test</source>
            <translation>Rejeu</translation>
        </message>
        <message>
            <source>Changes</source>
            <translation>Changements</translation>
        </message>
        <message>
            <source>PDF report</source>
            <translation>Rapport PDF</translation>
        </message>
        <message>
            <source>Priorities</source>
            <translation>Priorités</translation>
        </message>
        <message>
            <source>Refused: {text}</source>
            <translation>Refusé : {text}</translation>
        </message>
        <message>
            <source>The alarms run as alarms.csv says.</source>
            <translation>Les alarmes suivent alarms.csv.</translation>
        </message>
        <message>
            <source>The alarms run with the settings that were tried.</source>
            <translation>Les alarmes suivent les réglages essayés.</translation>
        </message>
        <message>
            <source>Write the report</source>
            <translation>Écrire le rapport</translation>
        </message>
        <message>
            <source>Writing {path}…</source>
            <translation>Écriture de {path}…</translation>
        </message>
        <message>
            <source>Written: {path}</source>
            <translation>Écrit : {path}</translation>
        </message>
        <message>
            <source>alarm-performance</source>
            <translation>bilan-des-alarmes</translation>
        </message>
        <message>
            <source>{path} was not written: {error}</source>
            <translation>{path} n’a pas été écrit : {error}</translation>
        </message>
    </context>
    <context>
        <name>AlarmPage</name>
        <message numerus="yes">
            <source>%Ln not acknowledged: scroll or open their group to see them first</source>
            <translation>
                <numerusform>%Ln non acquittée : faites défiler ou ouvrez son groupe pour la voir d’abord</numerusform>
                <numerusform>%Ln non acquittées : faites défiler ou ouvrez leur groupe pour les voir d’abord</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln not acknowledged: their class asks for a comment</source>
            <translation>
                <numerusform>%Ln non acquittée : sa classe exige un commentaire</numerusform>
                <numerusform>%Ln non acquittées : leur classe exige un commentaire</numerusform>
            </translation>
        </message>
        <message>
            <source>00 h 00 min</source>
            <translation>00 h 00 min</translation>
        </message>
        <message>
            <source>Acknowledge area</source>
            <translation>Acquitter la zone</translation>
        </message>
        <message>
            <source>Acknowledge area {area}</source>
            <translation>Acquitter la zone {area}</translation>
        </message>
        <message>
            <source>Acknowledge selected</source>
            <translation>Acquitter la sélection</translation>
        </message>
        <message>
            <source>Acknowledge the alarms that are on the screen now</source>
            <translation>Acquitter les alarmes visibles à l’écran</translation>
        </message>
        <message>
            <source>Acknowledge the selected alarms (Space)</source>
            <translation>Acquitter les alarmes sélectionnées (Espace)</translation>
        </message>
        <message>
            <source>Acknowledge visible</source>
            <translation>Acquitter les visibles</translation>
        </message>
        <message>
            <source>Active</source>
            <translation>Actives</translation>
        </message>
        <message>
            <source>Alarm list</source>
            <translation>Liste des alarmes</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>Zone</translation>
        </message>
        <message>
            <source>Comment with the acknowledgement</source>
            <translation>Commentaire de l’acquittement</translation>
        </message>
        <message>
            <source>History</source>
            <translation>Journal</translation>
        </message>
        <message>
            <source>No active alarms</source>
            <translation>Aucune alarme active</translation>
        </message>
        <message>
            <source>No alarm is out of service</source>
            <translation>Aucune alarme n’est hors service</translation>
        </message>
        <message>
            <source>No alarm is shelved</source>
            <translation>Aucune alarme n’est en attente</translation>
        </message>
        <message>
            <source>No alarm is suppressed by design</source>
            <translation>Aucune alarme n’est inhibée par conception</translation>
        </message>
        <message>
            <source>No alarm matches the filter</source>
            <translation>Aucune alarme ne correspond au filtre</translation>
        </message>
        <message>
            <source>Out of service ({n})</source>
            <translation>Hors service ({n})</translation>
        </message>
        <message>
            <source>Sensor faulty, work order 0000</source>
            <translation>Capteur en défaut, bon de travail 0000</translation>
        </message>
        <message>
            <source>Shelved ({n})</source>
            <translation>En attente ({n})</translation>
        </message>
        <message>
            <source>Suppressed ({n})</source>
            <translation>Inhibées ({n})</translation>
        </message>
        <message numerus="yes">
            <source>{shown} of %Ln alarm(s) shown</source>
            <translation>
                <numerusform>Affichées : {shown} sur %Ln</numerusform>
                <numerusform>Affichées : {shown} sur %Ln</numerusform>
            </translation>
        </message>
        <message>
            <source>{text}: what was seen of it (Ctrl+Shift+A)</source>
            <translation>{text} : ce qui en a été vu (Ctrl+Maj+A)</translation>
        </message>
    </context>
    <context>
        <name>AlarmRows</name>
        <message numerus="yes">
            <source>%n more alarm(s)</source>
            <translation>
                <numerusform>%n alarme de plus</numerusform>
                <numerusform>%n alarmes de plus</numerusform>
            </translation>
        </message>
        <message>
            <source>Acknowledge: {alarm}</source>
            <translation>Acquitter : {alarm}</translation>
        </message>
        <message>
            <source>Alarms</source>
            <translation>Alarmes</translation>
        </message>
        <message>
            <source>No alarms</source>
            <translation>Aucune alarme</translation>
        </message>
        <message>
            <source>✓ acknowledges an alarm.</source>
            <translation>✓ acquitte une alarme.</translation>
        </message>
    </context>
    <context>
        <name>AlarmSetting</name>
        <message>
            <source>Deadband</source>
            <translation>Hystérésis</translation>
        </message>
        <message>
            <source>In use</source>
            <translation>En service</translation>
        </message>
        <message>
            <source>Limit</source>
            <translation>Seuil</translation>
        </message>
        <message>
            <source>No</source>
            <translation>Non</translation>
        </message>
        <message>
            <source>None</source>
            <translation>Aucune</translation>
        </message>
        <message>
            <source>Off-delay</source>
            <translation>Retard retour</translation>
        </message>
        <message>
            <source>On-delay</source>
            <translation>Retard apparition</translation>
        </message>
        <message>
            <source>Priority</source>
            <translation>Priorité</translation>
        </message>
        <message>
            <source>Suppression</source>
            <translation>Inhibition</translation>
        </message>
        <message>
            <source>Yes</source>
            <translation>Oui</translation>
        </message>
    </context>
    <context>
        <name>BackTestPage</name>
        <message>
            <source>Activations {before} → {after}</source>
            <translation>Apparitions {before} → {after}</translation>
        </message>
        <message>
            <source>Alarm, by id or description</source>
            <translation>Alarme, par identifiant ou description</translation>
        </message>
        <message>
            <source>Applied: the station runs with these settings.</source>
            <translation>Appliqué : la station suit ces réglages.</translation>
        </message>
        <message>
            <source>Apply</source>
            <translation>Appliquer</translation>
        </message>
        <message>
            <source>Apply settings</source>
            <translation>Appliquer les réglages</translation>
        </message>
        <message>
            <source>Apply…</source>
            <translation>Appliquer…</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Cancelled.</source>
            <translation>Annulé.</translation>
        </message>
        <message>
            <source>Change a setting first.</source>
            <translation>Changez d’abord un réglage.</translation>
        </message>
        <message>
            <source>Choose an alarm to see its stored values and limits.</source>
            <translation>Choisissez une alarme pour voir ses valeurs stockées et ses seuils.</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Abandonner</translation>
        </message>
        <message>
            <source>Discarded: nothing was changed.</source>
            <translation>Abandonné : rien n’a été changé.</translation>
        </message>
        <message>
            <source>Forget what is tried; nothing was changed</source>
            <translation>Oublier l’essai ; rien n’a été changé</translation>
        </message>
        <message>
            <source>INDICATIVE: less than 30 days</source>
            <translation>INDICATIF : moins de 30 jours</translation>
        </message>
        <message>
            <source>Let the station run with the settings that were tried, with a reason</source>
            <translation>Faire suivre à la station les réglages essayés, avec un motif</translation>
        </message>
        <message>
            <source>Loading stored values…</source>
            <translation>Chargement des valeurs stockées…</translation>
        </message>
        <message>
            <source>Look for the deadband and delays that end the chattering of each alarm that chatters</source>
            <translation>Chercher l’hystérésis et les retards qui calment chaque alarme battante</translation>
        </message>
        <message>
            <source>Propose for chattering alarms</source>
            <translation>Proposer pour les alarmes battantes</translation>
        </message>
        <message>
            <source>Reading history…</source>
            <translation>Lecture de l’historique…</translation>
        </message>
        <message>
            <source>Run back-test</source>
            <translation>Lancer le rejeu</translation>
        </message>
        <message>
            <source>Run the back-test first: only what was tried can be applied.</source>
            <translation>Lancez d’abord le rejeu : seul ce qui a été essayé peut être appliqué.</translation>
        </message>
        <message>
            <source>The back-test failed: {}</source>
            <translation>Le rejeu a échoué : {}</translation>
        </message>
        <message>
            <source>The settings changed: run the back-test again.</source>
            <translation>Les réglages ont changé : relancez le rejeu.</translation>
        </message>
        <message>
            <source>The station runs with these settings from now on. alarms.csv stays as it is.</source>
            <translation>La station suit désormais ces réglages. alarms.csv reste tel quel.</translation>
        </message>
        <message>
            <source>The values cannot be shown: {}</source>
            <translation>Les valeurs ne peuvent pas être affichées : {}</translation>
        </message>
        <message>
            <source>This alarm is about a connection, which has no stored values.</source>
            <translation>Cette alarme concerne une connexion, qui n’a pas de valeurs stockées.</translation>
        </message>
        <message>
            <source>Tried as well: {changes}</source>
            <translation>Aussi à l’essai : {changes}</translation>
        </message>
        <message>
            <source>floods {before} → {after}</source>
            <translation>avalanches {before} → {after}</translation>
        </message>
        <message>
            <source>missed {n}</source>
            <translation>manquées {n}</translation>
        </message>
        <message>
            <source>{alarm}: {changes}</source>
            <translation>{alarm} : {changes}</translation>
        </message>
        <message>
            <source>{seconds} s</source>
            <translation>{seconds} s</translation>
        </message>
    </context>
    <context>
        <name>BackTestTables</name>
        <message>
            <source>Activations</source>
            <translation>Apparitions</translation>
        </message>
        <message>
            <source>Activations that the changed settings would not have raised are listed here.</source>
            <translation>Les apparitions que les réglages changés n’auraient pas données sont listées ici.</translation>
        </message>
        <message>
            <source>Added</source>
            <translation>Ajoutées</translation>
        </message>
        <message>
            <source>After</source>
            <translation>Après</translation>
        </message>
        <message>
            <source>Alarm</source>
            <translation>Alarme</translation>
        </message>
        <message>
            <source>Before</source>
            <translation>Avant</translation>
        </message>
        <message>
            <source>Chatter</source>
            <translation>Battements</translation>
        </message>
        <message>
            <source>Choose an alarm, change a setting and run the back-test to see its effect.</source>
            <translation>Choisissez une alarme, changez un réglage et lancez le rejeu pour voir son effet.</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Description</translation>
        </message>
        <message>
            <source>Effect</source>
            <translation>Effet</translation>
        </message>
        <message>
            <source>Figure</source>
            <translation>Indicateur</translation>
        </message>
        <message>
            <source>Figures</source>
            <translation>Indicateurs</translation>
        </message>
        <message>
            <source>Floods</source>
            <translation>Avalanches</translation>
        </message>
        <message>
            <source>Later, mean</source>
            <translation>Retard moyen</translation>
        </message>
        <message>
            <source>Later, most</source>
            <translation>Retard maxi</translation>
        </message>
        <message>
            <source>Message</source>
            <translation>Message</translation>
        </message>
        <message>
            <source>Missed</source>
            <translation>Manquées</translation>
        </message>
        <message>
            <source>Missed ({n})</source>
            <translation>Manquées ({n})</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nom</translation>
        </message>
        <message>
            <source>No activation would have been missed.</source>
            <translation>Aucune apparition n’aurait été manquée.</translation>
        </message>
        <message>
            <source>No alarm chatters in this period, or nothing helps it.</source>
            <translation>Aucune alarme ne bat dans cette période, ou rien n’y fait.</translation>
        </message>
        <message>
            <source>No alarm would have come otherwise in this period.</source>
            <translation>Aucune alarme ne serait venue autrement dans cette période.</translation>
        </message>
        <message>
            <source>Proposals ({n})</source>
            <translation>Propositions ({n})</translation>
        </message>
        <message>
            <source>Propose for chattering alarms looks for settings that end the chattering.</source>
            <translation>Proposer pour les alarmes battantes cherche les réglages qui calment les battements.</translation>
        </message>
        <message>
            <source>Put the proposed settings into the form and run the back-test</source>
            <translation>Mettre les réglages proposés dans le formulaire et lancer le rejeu</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Réglages</translation>
        </message>
        <message>
            <source>The figures of both sides are shown here.</source>
            <translation>Les indicateurs des deux côtés sont affichés ici.</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Heure</translation>
        </message>
        <message>
            <source>Try this proposal</source>
            <translation>Essayer cette proposition</translation>
        </message>
    </context>
    <context>
        <name>Certificates</name>
        <message>
            <source>Not decided</source>
            <translation>À décider</translation>
        </message>
        <message>
            <source>Rejected</source>
            <translation>Rejeté</translation>
        </message>
        <message>
            <source>Trusted</source>
            <translation>Approuvé</translation>
        </message>
    </context>
    <context>
        <name>CertificatesPanel</name>
        <message>
            <source>Accept</source>
            <translation>Approuver</translation>
        </message>
        <message>
            <source>Accepted; the connection tries again by itself.</source>
            <translation>Approuvé ; la connexion réessaie d’elle-même.</translation>
        </message>
        <message>
            <source>Certificate</source>
            <translation>Certificat</translation>
        </message>
        <message>
            <source>Decision</source>
            <translation>Décision</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exporter…</translation>
        </message>
        <message>
            <source>Fingerprint (SHA-256)</source>
            <translation>Empreinte (SHA-256)</translation>
        </message>
        <message>
            <source>Forget the certificate; the next connection asks again</source>
            <translation>Oublier le certificat ; la prochaine connexion redemande</translation>
        </message>
        <message>
            <source>Issued by</source>
            <translation>Émis par</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>Clé</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nom</translation>
        </message>
        <message>
            <source>Names</source>
            <translation>Noms</translation>
        </message>
        <message>
            <source>No device has shown a certificate yet.</source>
            <translation>Aucun appareil n’a encore montré de certificat.</translation>
        </message>
        <message>
            <source>Own certificate: made for the first secured connection.</source>
            <translation>Certificat propre : fait pour la première connexion sécurisée.</translation>
        </message>
        <message>
            <source>Own certificate: {path}, thumbprint {thumbprint}. The server has to trust it too.</source>
            <translation>Certificat propre : {path}, empreinte {thumbprint}. Le serveur doit aussi l’approuver.</translation>
        </message>
        <message>
            <source>Reason (thumbprint compared…)</source>
            <translation>Motif (empreinte comparée…)</translation>
        </message>
        <message>
            <source>Reject</source>
            <translation>Rejeter</translation>
        </message>
        <message>
            <source>Rejected.</source>
            <translation>Rejeté.</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Retirer</translation>
        </message>
        <message>
            <source>Removed.</source>
            <translation>Retiré.</translation>
        </message>
        <message>
            <source>Save the own certificate</source>
            <translation>Enregistrer le certificat propre</translation>
        </message>
        <message>
            <source>Save the own certificate, for the server's administrator to trust</source>
            <translation>Enregistrer le certificat propre, à approuver par l’administrateur du serveur</translation>
        </message>
        <message>
            <source>Saved to {}.</source>
            <translation>Enregistré dans {}.</translation>
        </message>
        <message>
            <source>Seen at</source>
            <translation>Vu sur</translation>
        </message>
        <message>
            <source>Subject</source>
            <translation>Sujet</translation>
        </message>
        <message>
            <source>Thumbprint (SHA-1)</source>
            <translation>Empreinte (SHA-1)</translation>
        </message>
        <message>
            <source>Valid</source>
            <translation>Valable</translation>
        </message>
        <message>
            <source>by {user}, {time}: {reason}</source>
            <translation>par {user}, {time} : {reason}</translation>
        </message>
        <message>
            <source>from {start} to {end}</source>
            <translation>du {start} au {end}</translation>
        </message>
        <message>
            <source>itself</source>
            <translation>lui-même</translation>
        </message>
        <message>
            <source>{path} cannot be written: {reason}</source>
            <translation>{path} ne peut pas être écrit : {reason}</translation>
        </message>
    </context>
    <context>
        <name>ChangesPage</name>
        <message>
            <source>Alarm</source>
            <translation>Alarme</translation>
        </message>
        <message>
            <source>Alarms that run otherwise than alarms.csv says: {n}</source>
            <translation>Alarmes réglées autrement que dans alarms.csv : {n}</translation>
        </message>
        <message>
            <source>By</source>
            <translation>Par</translation>
        </message>
        <message>
            <source>Changes: {n}</source>
            <translation>Changements : {n}</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Description</translation>
        </message>
        <message>
            <source>Enforce</source>
            <translation>Rétablir</translation>
        </message>
        <message>
            <source>Enforce alarms.csv</source>
            <translation>Rétablir alarms.csv</translation>
        </message>
        <message>
            <source>Enforce all…</source>
            <translation>Tout rétablir…</translation>
        </message>
        <message>
            <source>Enforce selected…</source>
            <translation>Rétablir la sélection…</translation>
        </message>
        <message>
            <source>Every alarm runs as alarms.csv says</source>
            <translation>Toutes les alarmes suivent alarms.csv</translation>
        </message>
        <message>
            <source>In alarms.csv</source>
            <translation>Dans alarms.csv</translation>
        </message>
        <message>
            <source>Let all alarms run as alarms.csv says</source>
            <translation>Faire suivre alarms.csv à toutes les alarmes</translation>
        </message>
        <message>
            <source>Let the selected alarms run as alarms.csv says</source>
            <translation>Faire suivre alarms.csv aux alarmes sélectionnées</translation>
        </message>
        <message>
            <source>Loading the changes…</source>
            <translation>Chargement des changements…</translation>
        </message>
        <message>
            <source>New</source>
            <translation>Nouveau</translation>
        </message>
        <message>
            <source>No change matches the search.</source>
            <translation>Aucun changement ne correspond à la recherche.</translation>
        </message>
        <message>
            <source>No setting was changed in this period: choose a longer one.</source>
            <translation>Aucun réglage n’a changé dans cette période : choisissez-en une plus longue.</translation>
        </message>
        <message>
            <source>Nothing differs. A change made while the station runs is listed here.</source>
            <translation>Rien ne diffère. Un changement fait en marche est listé ici.</translation>
        </message>
        <message>
            <source>Old</source>
            <translation>Ancien</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Motif</translation>
        </message>
        <message>
            <source>Refresh</source>
            <translation>Actualiser</translation>
        </message>
        <message>
            <source>Runs with</source>
            <translation>En service</translation>
        </message>
        <message>
            <source>Search alarm, setting, person or reason</source>
            <translation>Chercher alarme, réglage, personne ou motif</translation>
        </message>
        <message>
            <source>Setting</source>
            <translation>Réglage</translation>
        </message>
        <message>
            <source>Since</source>
            <translation>Depuis</translation>
        </message>
        <message>
            <source>Station</source>
            <translation>Station</translation>
        </message>
        <message>
            <source>The changes cannot be shown: {}</source>
            <translation>Les changements ne peuvent pas être affichés : {}</translation>
        </message>
        <message>
            <source>The newest values are judged by these settings at once.</source>
            <translation>Les valeurs actuelles sont aussitôt jugées par ces réglages.</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Heure</translation>
        </message>
        <message>
            <source>Try other settings…</source>
            <translation>Essayer d’autres réglages…</translation>
        </message>
        <message>
            <source>Try settings of the selected alarm on stored history</source>
            <translation>Essayer des réglages de l’alarme sélectionnée sur l’historique</translation>
        </message>
        <message>
            <source>What was changed</source>
            <translation>Ce qui a changé</translation>
        </message>
        <message>
            <source>{alarm}: {setting} from {running} back to {master}</source>
            <translation>{alarm} : {setting} de {running} ramené à {master}</translation>
        </message>
    </context>
    <context>
        <name>Closing</name>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Close the window</source>
            <translation>Fermer la fenêtre</translation>
        </message>
        <message>
            <source>Station goes on</source>
            <translation>La station continue</translation>
        </message>
        <message>
            <source>Stop the station too</source>
            <translation>Arrêter aussi la station</translation>
        </message>
        <message>
            <source>The station was started together with this window. Shall it go on?</source>
            <translation>La station a été démarrée avec cette fenêtre. Doit-elle continuer ?</translation>
        </message>
        <message>
            <source>While it runs it records history and alarms, though no window is open. Stopped, it does neither.</source>
            <translation>Tant qu’elle fonctionne, elle enregistre historique et alarmes même sans fenêtre ouverte. Arrêtée, elle n’enregistre plus rien.</translation>
        </message>
    </context>
    <context>
        <name>ColorVision</name>
        <message>
            <source>Normal colour vision</source>
            <translation>Vision normale des couleurs</translation>
        </message>
        <message>
            <source>Without blue cones (tritan)</source>
            <translation>Sans cônes bleus (tritan)</translation>
        </message>
        <message>
            <source>Without green cones (deutan)</source>
            <translation>Sans cônes verts (deutan)</translation>
        </message>
        <message>
            <source>Without red cones (protan)</source>
            <translation>Sans cônes rouges (protan)</translation>
        </message>
    </context>
    <context>
        <name>Commander</name>
        <message>
            <source>Send</source>
            <translation>Envoyer</translation>
        </message>
        <message>
            <source>That is a jump of {percent} % of the range.</source>
            <translation>C’est un saut de {percent} % de la plage.</translation>
        </message>
        <message>
            <source>Yes</source>
            <translation>Oui</translation>
        </message>
        <message>
            <source>{command}: {path}?</source>
            <translation>{command} : {path} ?</translation>
        </message>
        <message>
            <source>{title}: set to {value}?</source>
            <translation>{title} : écrire {value} ?</translation>
        </message>
    </context>
    <context>
        <name>ConnectionBook</name>
        <message numerus="yes">
            <source>All %Ln controller(s) connected</source>
            <translation>
                <numerusform>%Ln automate, connecté</numerusform>
                <numerusform>%Ln automates, tous connectés</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>{good} of %Ln controller(s) connected ({others})</source>
            <translation>
                <numerusform>Automates connectés : {good} sur %Ln ({others})</numerusform>
                <numerusform>Automates connectés : {good} sur %Ln ({others})</numerusform>
            </translation>
        </message>
        <message>
            <source>{name}: {state}</source>
            <translation>{name} : {state}</translation>
        </message>
    </context>
    <context>
        <name>ConnectionCard</name>
        <message>
            <source>All but one of a hundred requests were answered within this time</source>
            <translation>Toutes les requêtes sauf une sur cent ont eu leur réponse dans ce temps</translation>
        </message>
        <message>
            <source>Answer, 99 %</source>
            <translation>Réponse, 99 %</translation>
        </message>
        <message>
            <source>Answer, median</source>
            <translation>Réponse, médiane</translation>
        </message>
        <message>
            <source>Bad</source>
            <translation>Mauvaises</translation>
        </message>
        <message>
            <source>Bytes received since the station started</source>
            <translation>Octets reçus depuis le démarrage de la station</translation>
        </message>
        <message>
            <source>Bytes sent since the station started</source>
            <translation>Octets envoyés depuis le démarrage de la station</translation>
        </message>
        <message>
            <source>Decide on the certificate…</source>
            <translation>Décider du certificat…</translation>
        </message>
        <message>
            <source>Errors</source>
            <translation>Erreurs</translation>
        </message>
        <message>
            <source>Half of the requests were answered within this time</source>
            <translation>La moitié des requêtes ont eu leur réponse dans ce temps</translation>
        </message>
        <message>
            <source>How often the connection was lost and made again</source>
            <translation>Nombre de fois où la connexion a été perdue et rétablie</translation>
        </message>
        <message>
            <source>Received</source>
            <translation>Reçu</translation>
        </message>
        <message>
            <source>Reconnects</source>
            <translation>Reconnexions</translation>
        </message>
        <message>
            <source>Requests</source>
            <translation>Requêtes</translation>
        </message>
        <message>
            <source>Requests since the station started</source>
            <translation>Requêtes depuis le démarrage de la station</translation>
        </message>
        <message>
            <source>Requests that the device refused or did not answer. A few at the start are normal: places that it does not have are found by asking, and are left out from then on.</source>
            <translation>Requêtes que l’appareil a refusées ou laissées sans réponse. Quelques-unes au début sont normales : les adresses qu’il n’a pas se découvrent en les demandant, et sont évitées ensuite.</translation>
        </message>
        <message>
            <source>Sent</source>
            <translation>Envoyé</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>Variables</translation>
        </message>
        <message>
            <source>Tags that are fetched from this device</source>
            <translation>Variables lues dans cet appareil</translation>
        </message>
        <message>
            <source>Tags without a usable value now</source>
            <translation>Variables sans valeur utilisable en ce moment</translation>
        </message>
        <message>
            <source>Tags, frames, test</source>
            <translation>Variables, trames, test</translation>
        </message>
        <message>
            <source>Values that came per second, lately</source>
            <translation>Valeurs reçues par seconde, dernièrement</translation>
        </message>
        <message>
            <source>Values/s</source>
            <translation>Valeurs/s</translation>
        </message>
        <message>
            <source>for {}</source>
            <translation>depuis {}</translation>
        </message>
    </context>
    <context>
        <name>ConnectionDetails</name>
        <message>
            <source>Certificates</source>
            <translation>Certificats</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Fermer</translation>
        </message>
        <message>
            <source>Frame log</source>
            <translation>Journal des trames</translation>
        </message>
        <message>
            <source>Tags</source>
            <translation>Variables</translation>
        </message>
        <message>
            <source>Test</source>
            <translation>Test</translation>
        </message>
    </context>
    <context>
        <name>ConnectionTagModel</name>
        <message>
            <source>Address</source>
            <translation>Adresse</translation>
        </message>
        <message>
            <source>Age</source>
            <translation>Âge</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Description</translation>
        </message>
        <message>
            <source>Only written</source>
            <translation>Écriture seule</translation>
        </message>
        <message>
            <source>Status</source>
            <translation>Statut</translation>
        </message>
        <message>
            <source>Tag</source>
            <translation>Variable</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valeur</translation>
        </message>
    </context>
    <context>
        <name>ConnectionTags</name>
        <message>
            <source>Every tag is good.</source>
            <translation>Toutes les variables sont bonnes.</translation>
        </message>
        <message>
            <source>No tag matches the search.</source>
            <translation>Aucune variable ne correspond à la recherche.</translation>
        </message>
        <message>
            <source>Only those that are not good</source>
            <translation>Seulement celles qui ne sont pas bonnes</translation>
        </message>
        <message>
            <source>Search path or description</source>
            <translation>Chercher chemin ou description</translation>
        </message>
        <message>
            <source>Tags of the connection</source>
            <translation>Variables de la connexion</translation>
        </message>
        <message>
            <source>This connection has no tags.</source>
            <translation>Cette connexion n’a aucune variable.</translation>
        </message>
        <message>
            <source>Why this value?</source>
            <translation>Pourquoi cette valeur ?</translation>
        </message>
        <message>
            <source>{bad} of {all} not good</source>
            <translation>{bad} sur {all} ne sont pas bonnes</translation>
        </message>
    </context>
    <context>
        <name>ConnectionTest</name>
        <message>
            <source>All passed.</source>
            <translation>Tout est passé.</translation>
        </message>
        <message>
            <source>Connects, pings and reads {}.</source>
            <translation>Se connecte, interroge et lit {}.</translation>
        </message>
        <message>
            <source>It fails here:</source>
            <translation>L’échec est ici :</translation>
        </message>
        <message>
            <source>Test now</source>
            <translation>Tester maintenant</translation>
        </message>
        <message>
            <source>Testing…</source>
            <translation>Test en cours…</translation>
        </message>
        <message>
            <source>a tag of the station's choice</source>
            <translation>une variable choisie par la station</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>échoué</translation>
        </message>
        <message>
            <source>passed</source>
            <translation>réussi</translation>
        </message>
    </context>
    <context>
        <name>Connections</name>
        <message>
            <source>Connected</source>
            <translation>Connecté</translation>
        </message>
        <message>
            <source>Connecting</source>
            <translation>Connexion en cours</translation>
        </message>
        <message>
            <source>Degraded</source>
            <translation>Dégradé</translation>
        </message>
        <message>
            <source>Disabled</source>
            <translation>Désactivé</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>En échec</translation>
        </message>
        <message>
            <source>Unavailable</source>
            <translation>Indisponible</translation>
        </message>
    </context>
    <context>
        <name>ConnectionsPage</name>
        <message>
            <source>This project has no connections.</source>
            <translation>Ce projet n’a pas de connexion.</translation>
        </message>
    </context>
    <context>
        <name>Documents</name>
        <message>
            <source>Nothing on this computer opens {address}.</source>
            <translation>Rien sur cet ordinateur n’ouvre {address}.</translation>
        </message>
        <message>
            <source>{address} is not opened: an address begins with http, https or file.</source>
            <translation>{address} n’est pas ouvert : une adresse commence par http, https ou file.</translation>
        </message>
    </context>
    <context>
        <name>Element</name>
        <message>
            <source>Allowed: {}.</source>
            <translation>Permis : {}.</translation>
        </message>
        <message>
            <source>Bit 0</source>
            <translation>Bit 0</translation>
        </message>
        <message>
            <source>Cleaning</source>
            <translation>Nettoyage</translation>
        </message>
        <message>
            <source>Clear</source>
            <translation>Libre</translation>
        </message>
        <message>
            <source>Closed</source>
            <translation>Fermée</translation>
        </message>
        <message>
            <source>Decimals: at most {}.</source>
            <translation>Décimales : {} au plus.</translation>
        </message>
        <message>
            <source>Enter a number.</source>
            <translation>Entrez un nombre.</translation>
        </message>
        <message>
            <source>Enter a whole number.</source>
            <translation>Entrez un nombre entier.</translation>
        </message>
        <message>
            <source>Extended</source>
            <translation>Sorti</translation>
        </message>
        <message>
            <source>Flowing</source>
            <translation>Débit</translation>
        </message>
        <message>
            <source>Idle</source>
            <translation>Repos</translation>
        </message>
        <message>
            <source>In use</source>
            <translation>En service</translation>
        </message>
        <message>
            <source>It is no number that can be shown, such as after a division by zero.</source>
            <translation>Ce n’est pas un nombre affichable, comme après une division par zéro.</translation>
        </message>
        <message>
            <source>It is of another type than what it is used for.</source>
            <translation>Elle n’est pas du type attendu ici.</translation>
        </message>
        <message>
            <source>It is out of service.</source>
            <translation>Elle est hors service.</translation>
        </message>
        <message>
            <source>Moving</source>
            <translation>En course</translation>
        </message>
        <message>
            <source>No value has arrived yet.</source>
            <translation>Aucune valeur n’est encore arrivée.</translation>
        </message>
        <message>
            <source>Not possible now.</source>
            <translation>Impossible maintenant.</translation>
        </message>
        <message>
            <source>Off</source>
            <translation>Arrêt</translation>
        </message>
        <message>
            <source>On</source>
            <translation>Marche</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Ouverte</translation>
        </message>
        <message>
            <source>PackML state</source>
            <translation>État PackML</translation>
        </message>
        <message>
            <source>PackML state {}</source>
            <translation>État PackML {}</translation>
        </message>
        <message>
            <source>Present</source>
            <translation>Présent</translation>
        </message>
        <message>
            <source>Range {} to {} {}</source>
            <translation>Plage {} à {} {}</translation>
        </message>
        <message>
            <source>Retracted</source>
            <translation>Rentré</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>Marche</translation>
        </message>
        <message>
            <source>Starting</source>
            <translation>Démarrage</translation>
        </message>
        <message>
            <source>Still</source>
            <translation>Repos</translation>
        </message>
        <message>
            <source>Stopped</source>
            <translation>Arrêt</translation>
        </message>
        <message>
            <source>The bytes that came make no value of its type.</source>
            <translation>Les octets reçus ne forment pas une valeur de ce type.</translation>
        </message>
        <message>
            <source>The controller does not answer.</source>
            <translation>L’automate ne répond pas.</translation>
        </message>
        <message>
            <source>The device denies access to it.</source>
            <translation>L’appareil en refuse l’accès.</translation>
        </message>
        <message>
            <source>The device does not let it be read.</source>
            <translation>L’appareil n’en permet pas la lecture.</translation>
        </message>
        <message>
            <source>The device is too busy.</source>
            <translation>L’appareil est trop occupé.</translation>
        </message>
        <message>
            <source>The device or the project is set up otherwise: there is no such address.</source>
            <translation>L’appareil ou le projet est configuré autrement : cette adresse n’existe pas.</translation>
        </message>
        <message>
            <source>The device reports a failure.</source>
            <translation>L’appareil signale une défaillance.</translation>
        </message>
        <message>
            <source>The project has no picture {}.</source>
            <translation>Le projet n’a pas d’image {}.</translation>
        </message>
        <message>
            <source>The project has no picture {}; did you mean {}?</source>
            <translation>Le projet n’a pas d’image {} ; vouliez-vous dire {} ?</translation>
        </message>
        <message>
            <source>The sensor has failed.</source>
            <translation>Le capteur est en panne.</translation>
        </message>
        <message>
            <source>The server has no such node.</source>
            <translation>Le serveur n’a pas ce nœud.</translation>
        </message>
        <message>
            <source>The state of the controller is not known.</source>
            <translation>L’état de l’automate n’est pas connu.</translation>
        </message>
        <message>
            <source>The value cannot be used.</source>
            <translation>La valeur est inutilisable.</translation>
        </message>
        <message>
            <source>The value is good.</source>
            <translation>La valeur est bonne.</translation>
        </message>
        <message>
            <source>The value is no longer refreshed: this is the last one.</source>
            <translation>La valeur n’est plus rafraîchie : c’est la dernière.</translation>
        </message>
        <message>
            <source>The value is set by hand, not measured.</source>
            <translation>La valeur est forcée à la main, non mesurée.</translation>
        </message>
        <message>
            <source>The value is simulated.</source>
            <translation>La valeur est simulée.</translation>
        </message>
        <message>
            <source>The value may be wrong.</source>
            <translation>La valeur peut être fausse.</translation>
        </message>
        <message>
            <source>There is no faceplate {}.</source>
            <translation>Il n’y a pas de face avant {}.</translation>
        </message>
        <message>
            <source>There is no screen {}.</source>
            <translation>Il n’y a pas de vue {}.</translation>
        </message>
        <message>
            <source>There is no value now: it does not apply.</source>
            <translation>Il n’y a pas de valeur en ce moment : sans objet.</translation>
        </message>
        <message>
            <source>This version knows no element {}.</source>
            <translation>Cette version ne connaît pas l’élément {}.</translation>
        </message>
        <message>
            <source>Waits for a command</source>
            <translation>Attend une commande</translation>
        </message>
        <message>
            <source>Way A</source>
            <translation>Voie A</translation>
        </message>
        <message>
            <source>Way B</source>
            <translation>Voie B</translation>
        </message>
        <message>
            <source>What would be written is not known now.</source>
            <translation>Ce qui serait écrit n’est pas connu en ce moment.</translation>
        </message>
        <message>
            <source>any number</source>
            <translation>un nombre quelconque</translation>
        </message>
        <message>
            <source>at least {}</source>
            <translation>au moins {}</translation>
        </message>
        <message>
            <source>at most {}</source>
            <translation>au plus {}</translation>
        </message>
        <message>
            <source>device busy</source>
            <translation>appareil occupé</translation>
        </message>
        <message>
            <source>device failure</source>
            <translation>appareil en panne</translation>
        </message>
        <message>
            <source>disturbed</source>
            <translation>perturbée</translation>
        </message>
        <message>
            <source>kWh</source>
            <translation>kWh</translation>
        </message>
        <message>
            <source>limited</source>
            <translation>limitée</translation>
        </message>
        <message>
            <source>n/a</source>
            <translation>s.o.</translation>
        </message>
        <message>
            <source>never</source>
            <translation>jamais</translation>
        </message>
        <message>
            <source>no access</source>
            <translation>accès refusé</translation>
        </message>
        <message>
            <source>no answer</source>
            <translation>pas de réponse</translation>
        </message>
        <message>
            <source>no number</source>
            <translation>pas un nombre</translation>
        </message>
        <message>
            <source>no such address</source>
            <translation>adresse absente</translation>
        </message>
        <message>
            <source>not readable</source>
            <translation>non lisible</translation>
        </message>
        <message>
            <source>not supported</source>
            <translation>non pris en charge</translation>
        </message>
        <message>
            <source>out of service</source>
            <translation>hors service</translation>
        </message>
        <message>
            <source>sensor failure</source>
            <translation>capteur en panne</translation>
        </message>
        <message>
            <source>sent …</source>
            <translation>envoyée …</translation>
        </message>
        <message>
            <source>unreadable</source>
            <translation>illisible</translation>
        </message>
        <message>
            <source>wrong type</source>
            <translation>mauvais type</translation>
        </message>
        <message>
            <source>{} is read-only.</source>
            <translation>{} est en lecture seule.</translation>
        </message>
        <message>
            <source>{} to {}</source>
            <translation>{} à {}</translation>
        </message>
        <message>
            <source>{}: {}</source>
            <translation>{} : {}</translation>
        </message>
        <message>
            <source>✓ done</source>
            <translation>✓ faite</translation>
        </message>
        <message>
            <source>✗ refused</source>
            <translation>✗ refusée</translation>
        </message>
    </context>
    <context>
        <name>EventExport</name>
        <message>
            <source>An export runs already: wait for its end or cancel it.</source>
            <translation>Un export est déjà en cours : attendez sa fin ou annulez-le.</translation>
        </message>
        <message>
            <source>CSV table</source>
            <translation>Table CSV</translation>
        </message>
        <message>
            <source>Events written to {path}: {count}</source>
            <translation>Événements écrits dans {path} : {count}</translation>
        </message>
        <message>
            <source>Excel workbook</source>
            <translation>Classeur Excel</translation>
        </message>
        <message>
            <source>PDF document</source>
            <translation>Document PDF</translation>
        </message>
        <message>
            <source>The export was cancelled; no file was written.</source>
            <translation>L’export a été annulé ; aucun fichier n’a été écrit.</translation>
        </message>
        <message>
            <source>Writing {name}…</source>
            <translation>Écriture de {name}…</translation>
        </message>
        <message>
            <source>{path} was not written: {error}</source>
            <translation>{path} n’a pas été écrit : {error}</translation>
        </message>
    </context>
    <context>
        <name>EventLog</name>
        <message>
            <source>About</source>
            <translation>À propos de</translation>
        </message>
        <message>
            <source>Alarm</source>
            <translation>Alarme</translation>
        </message>
        <message>
            <source>Clamped</source>
            <translation>Limitée</translation>
        </message>
        <message>
            <source>Clock</source>
            <translation>Horloge</translation>
        </message>
        <message>
            <source>Confirmed</source>
            <translation>Confirmée</translation>
        </message>
        <message>
            <source>Connection</source>
            <translation>Connexion</translation>
        </message>
        <message>
            <source>Dropped</source>
            <translation>Perdus</translation>
        </message>
        <message>
            <source>Gap</source>
            <translation>Lacune</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Nature</translation>
        </message>
        <message>
            <source>Link lost</source>
            <translation>Liaison perdue</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>Issue</translation>
        </message>
        <message>
            <source>Person</source>
            <translation>Personne</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualité</translation>
        </message>
        <message>
            <source>Quality code</source>
            <translation>Code de qualité</translation>
        </message>
        <message>
            <source>Refused</source>
            <translation>Refusée</translation>
        </message>
        <message>
            <source>Sample</source>
            <translation>Échantillon</translation>
        </message>
        <message>
            <source>Station</source>
            <translation>Station</translation>
        </message>
        <message>
            <source>Station off</source>
            <translation>Station arrêtée</translation>
        </message>
        <message>
            <source>Switched off</source>
            <translation>Désactivée</translation>
        </message>
        <message>
            <source>Tag</source>
            <translation>Variable</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Heure</translation>
        </message>
        <message>
            <source>Time (UTC)</source>
            <translation>Heure (UTC)</translation>
        </message>
        <message>
            <source>Timed out</source>
            <translation>Sans réponse</translation>
        </message>
        <message>
            <source>Trust</source>
            <translation>Confiance</translation>
        </message>
        <message>
            <source>Unit</source>
            <translation>Unité</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valeur</translation>
        </message>
        <message>
            <source>What happened</source>
            <translation>Événement</translation>
        </message>
        <message>
            <source>Write</source>
            <translation>Écriture</translation>
        </message>
        <message>
            <source>{state}: {text}</source>
            <translation>{state} : {text}</translation>
        </message>
    </context>
    <context>
        <name>EventLogModel</name>
        <message>
            <source>About</source>
            <translation>À propos de</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Nature</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>Issue</translation>
        </message>
        <message>
            <source>Person</source>
            <translation>Personne</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Heure</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valeur</translation>
        </message>
        <message>
            <source>What happened</source>
            <translation>Événement</translation>
        </message>
    </context>
    <context>
        <name>EventLogPage</name>
        <message numerus="yes">
            <source>%Ln event(s)</source>
            <translation>
                <numerusform>%Ln événement</numerusform>
                <numerusform>%Ln événements</numerusform>
            </translation>
        </message>
        <message>
            <source>Event log from {first} to {last}</source>
            <translation>Journal de marche du {first} au {last}</translation>
        </message>
        <message>
            <source>Everything stored</source>
            <translation>Tout ce qui est stocké</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exporter…</translation>
        </message>
        <message>
            <source>Last 24 hours</source>
            <translation>Dernières 24 heures</translation>
        </message>
        <message>
            <source>Last 30 days</source>
            <translation>30 derniers jours</translation>
        </message>
        <message>
            <source>Last 7 days</source>
            <translation>7 derniers jours</translation>
        </message>
        <message>
            <source>Last 8 hours</source>
            <translation>Dernières 8 heures</translation>
        </message>
        <message>
            <source>Last hour</source>
            <translation>Dernière heure</translation>
        </message>
        <message>
            <source>Loading…</source>
            <translation>Chargement…</translation>
        </message>
        <message>
            <source>Nothing happened in this period that suits the filters</source>
            <translation>Rien dans cette période ne correspond aux filtres</translation>
        </message>
        <message>
            <source>Search text, tag or person</source>
            <translation>Chercher</translation>
        </message>
        <message>
            <source>Select an event to see all of it and to go to its trend.</source>
            <translation>Sélectionnez un événement pour le voir en entier et aller à sa courbe.</translation>
        </message>
        <message>
            <source>Show everything again</source>
            <translation>Tout afficher de nouveau</translation>
        </message>
        <message>
            <source>Show in the trend</source>
            <translation>Voir sur les courbes</translation>
        </message>
        <message>
            <source>Show only the kinds that are pressed; with none pressed, all</source>
            <translation>N’afficher que les natures enfoncées ; aucune enfoncée, toutes</translation>
        </message>
        <message>
            <source>Show only what is about {}</source>
            <translation>N’afficher que ce qui concerne {}</translation>
        </message>
        <message>
            <source>Show only what {} did</source>
            <translation>N’afficher que ce qu’a fait {}</translation>
        </message>
        <message>
            <source>The log cannot be shown: {}</source>
            <translation>Le journal ne peut pas être affiché : {}</translation>
        </message>
        <message numerus="yes">
            <source>The newest %Ln event(s); scroll down for older ones</source>
            <translation>
                <numerusform>L’événement le plus récent (%Ln) ; faites défiler pour les plus anciens</numerusform>
                <numerusform>Les %Ln événements les plus récents ; faites défiler pour les plus anciens</numerusform>
            </translation>
        </message>
        <message>
            <source>Write the events shown as CSV, Excel or PDF</source>
            <translation>Écrire les événements affichés en CSV, Excel ou PDF</translation>
        </message>
    </context>
    <context>
        <name>ExportBar</name>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
    </context>
    <context>
        <name>FilterBar</name>
        <message>
            <source>Acknowledged</source>
            <translation>Acquittées</translation>
        </message>
        <message>
            <source>Alerts and prompts</source>
            <translation>Alertes et invites</translation>
        </message>
        <message>
            <source>All active</source>
            <translation>Toutes les actives</translation>
        </message>
        <message>
            <source>All areas</source>
            <translation>Toutes les zones</translation>
        </message>
        <message>
            <source>By area</source>
            <translation>Par zone</translation>
        </message>
        <message>
            <source>By cause</source>
            <translation>Par cause</translation>
        </message>
        <message>
            <source>By first-out group</source>
            <translation>Par groupe de première alarme</translation>
        </message>
        <message>
            <source>Not grouped</source>
            <translation>Non groupées</translation>
        </message>
        <message>
            <source>One row for alarms that belong together; it opens to show them</source>
            <translation>Une ligne pour les alarmes liées ; elle s’ouvre pour les montrer</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Chercher</translation>
        </message>
        <message>
            <source>Search message, tag or area</source>
            <translation>Chercher message, variable ou zone</translation>
        </message>
        <message>
            <source>Show alarms of priority {}</source>
            <translation>Afficher les alarmes de priorité {}</translation>
        </message>
        <message>
            <source>Unacknowledged</source>
            <translation>Non acquittées</translation>
        </message>
    </context>
    <context>
        <name>FloodStrip</name>
        <message>
            <source>Alarm flood since {time}, {count} in the last 10 minutes. First: {message}</source>
            <translation>Avalanche d’alarmes depuis {time}, {count} dans les 10 dernières minutes. Première : {message}</translation>
        </message>
        <message>
            <source>Fold the list</source>
            <translation>Replier la liste</translation>
        </message>
        <message>
            <source>Show all rows</source>
            <translation>Toutes les lignes</translation>
        </message>
        <message>
            <source>What began it</source>
            <translation>Ce qui l’a déclenchée</translation>
        </message>
    </context>
    <context>
        <name>FloodTeller</name>
        <message>
            <source>An alarm flood has begun with: {message}</source>
            <translation>Une avalanche d’alarmes a commencé par : {message}</translation>
        </message>
        <message>
            <source>The alarm flood is over.</source>
            <translation>L’avalanche d’alarmes est finie.</translation>
        </message>
    </context>
    <context>
        <name>FoundModel</name>
        <message>
            <source>Alarm</source>
            <translation>Alarme</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>Commande</translation>
        </message>
        <message>
            <source>Screen</source>
            <translation>Vue</translation>
        </message>
        <message>
            <source>Tag</source>
            <translation>Variable</translation>
        </message>
    </context>
    <context>
        <name>Frame</name>
        <message>
            <source>#{} PDU size</source>
            <translation>#{} taille de PDU</translation>
        </message>
        <message>
            <source>#{} PDU size answered, {}</source>
            <translation>#{} réponse : taille de PDU, {}</translation>
        </message>
        <message>
            <source>#{} function 0x{}</source>
            <translation>#{} fonction 0x{}</translation>
        </message>
        <message>
            <source>#{} function 0x{} answered, {}</source>
            <translation>#{} réponse : fonction 0x{}, {}</translation>
        </message>
        <message>
            <source>#{} kind {}</source>
            <translation>#{} type {}</translation>
        </message>
        <message>
            <source>#{} read answered, {}</source>
            <translation>#{} réponse : lecture, {}</translation>
        </message>
        <message>
            <source>#{} read {}</source>
            <translation>#{} lire {}</translation>
        </message>
        <message>
            <source>#{} refused, error 0x{}</source>
            <translation>#{} refus, erreur 0x{}</translation>
        </message>
        <message>
            <source>#{} status list</source>
            <translation>#{} liste d’états</translation>
        </message>
        <message>
            <source>#{} unit {}: {}</source>
            <translation>#{} esclave {} : {}</translation>
        </message>
        <message>
            <source>#{} write answered, {}</source>
            <translation>#{} réponse : écriture, {}</translation>
        </message>
        <message>
            <source>#{} write {}</source>
            <translation>#{} écrire {}</translation>
        </message>
        <message>
            <source>MSG #{} {}, {} byte</source>
            <translation>MSG #{} {}, {} octet</translation>
        </message>
        <message>
            <source>MSG #{} {}, {} bytes</source>
            <translation>MSG #{} {}, {} {octet|octets}</translation>
        </message>
        <message>
            <source>MSG #{} {}, {}, sign-in hidden</source>
            <translation>MSG #{} {}, {}, identifiants masqués</translation>
        </message>
        <message>
            <source>MSG #{}, {}, encrypted or a further part</source>
            <translation>MSG #{}, {}, chiffré ou suite</translation>
        </message>
        <message>
            <source>connection confirmed</source>
            <translation>connexion confirmée</translation>
        </message>
        <message>
            <source>connection ended</source>
            <translation>connexion terminée</translation>
        </message>
        <message>
            <source>connection request</source>
            <translation>demande de connexion</translation>
        </message>
        <message>
            <source>function {}</source>
            <translation>fonction {}</translation>
        </message>
        <message>
            <source>incomplete: {}</source>
            <translation>incomplète : {}</translation>
        </message>
        <message>
            <source>mask register</source>
            <translation>masquer registre</translation>
        </message>
        <message>
            <source>mask register {}, {}</source>
            <translation>masquer registre {}, {}</translation>
        </message>
        <message>
            <source>no Modbus TCP frame</source>
            <translation>pas une trame Modbus TCP</translation>
        </message>
        <message>
            <source>no OPC UA message</source>
            <translation>pas un message OPC UA</translation>
        </message>
        <message>
            <source>no S7 frame</source>
            <translation>pas une trame S7</translation>
        </message>
        <message>
            <source>read and write registers</source>
            <translation>lire et écrire registres</translation>
        </message>
        <message>
            <source>read coils</source>
            <translation>lire bobines</translation>
        </message>
        <message>
            <source>read coils {} to {}</source>
            <translation>lire bobines {} à {}</translation>
        </message>
        <message>
            <source>read discrete inputs</source>
            <translation>lire entrées TOR</translation>
        </message>
        <message>
            <source>read discrete inputs {} to {}</source>
            <translation>lire entrées TOR {} à {}</translation>
        </message>
        <message>
            <source>read holding registers</source>
            <translation>lire registres de maintien</translation>
        </message>
        <message>
            <source>read holding registers {} to {}</source>
            <translation>lire registres de maintien {} à {}</translation>
        </message>
        <message>
            <source>read input registers</source>
            <translation>lire registres d’entrée</translation>
        </message>
        <message>
            <source>read input registers {} to {}</source>
            <translation>lire registres d’entrée {} à {}</translation>
        </message>
        <message>
            <source>unit {}: {}</source>
            <translation>esclave {} : {}</translation>
        </message>
        <message>
            <source>write coil</source>
            <translation>écrire bobine</translation>
        </message>
        <message>
            <source>write coil {}, {}</source>
            <translation>écrire bobine {}, {}</translation>
        </message>
        <message>
            <source>write coils</source>
            <translation>écrire bobines</translation>
        </message>
        <message>
            <source>write coils {} to {}</source>
            <translation>écrire bobines {} à {}</translation>
        </message>
        <message>
            <source>write register</source>
            <translation>écrire registre</translation>
        </message>
        <message>
            <source>write register {}, {}</source>
            <translation>écrire registre {}, {}</translation>
        </message>
        <message>
            <source>write registers</source>
            <translation>écrire registres</translation>
        </message>
        <message>
            <source>write registers {} to {}</source>
            <translation>écrire registres {} à {}</translation>
        </message>
        <message>
            <source>write registers {} to {} and read {} to {}</source>
            <translation>écrire registres {} à {} et lire {} à {}</translation>
        </message>
        <message>
            <source>{} at {}, value 0x{}</source>
            <translation>{} en {}, valeur 0x{}</translation>
        </message>
        <message>
            <source>{} byte</source>
            <translation>{} octet</translation>
        </message>
        <message>
            <source>{} bytes</source>
            <translation>{} {octet|octets}</translation>
        </message>
        <message>
            <source>{} confirmed</source>
            <translation>{}, confirmé</translation>
        </message>
        <message>
            <source>{} refused, exception {}</source>
            <translation>{}, refusé, exception {}</translation>
        </message>
        <message>
            <source>{}, {} byte</source>
            <translation>{}, {} octet</translation>
        </message>
        <message>
            <source>{}, {} bytes</source>
            <translation>{}, {} {octet|octets}</translation>
        </message>
        <message>
            <source>{}; length {} does not fit</source>
            <translation>{} ; longueur {} incohérente</translation>
        </message>
        <message>
            <source>{}; wrong check sum</source>
            <translation>{} ; somme de contrôle fausse</translation>
        </message>
    </context>
    <context>
        <name>FrameLog</name>
        <message numerus="yes">
            <source>%Ln left out</source>
            <translation>
                <numerusform>%Ln omise</numerusform>
                <numerusform>%Ln omises</numerusform>
            </translation>
        </message>
        <message>
            <source>Clear</source>
            <translation>Effacer</translation>
        </message>
        <message>
            <source>Filter by bytes (03 00) or meaning</source>
            <translation>Filtrer par octets (03 00) ou signification</translation>
        </message>
        <message>
            <source>Frame log</source>
            <translation>Journal des trames</translation>
        </message>
        <message>
            <source>Frames written to {path}: {count}</source>
            <translation>Trames écrites dans {path} : {count}</translation>
        </message>
        <message>
            <source>No frame matches the filter.</source>
            <translation>Aucune trame ne correspond au filtre.</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Save the frames shown</source>
            <translation>Enregistrer les trames affichées</translation>
        </message>
        <message>
            <source>Save…</source>
            <translation>Enregistrer…</translation>
        </message>
        <message>
            <source>Select a frame to see all of it.</source>
            <translation>Choisissez une trame pour la voir en entier.</translation>
        </message>
        <message>
            <source>Text file</source>
            <translation>Fichier texte</translation>
        </message>
        <message>
            <source>The frame selected, in full</source>
            <translation>La trame choisie, en entier</translation>
        </message>
        <message>
            <source>This connection's driver shows no frames.</source>
            <translation>Le pilote de cette connexion ne montre pas de trames.</translation>
        </message>
        <message>
            <source>Waiting for frames…</source>
            <translation>En attente de trames…</translation>
        </message>
        <message>
            <source>{connection}-frames</source>
            <translation>trames-{connection}</translation>
        </message>
        <message>
            <source>{path} was not written: {error}</source>
            <translation>{path} n’a pas été écrit : {error}</translation>
        </message>
    </context>
    <context>
        <name>FrameModel</name>
        <message>
            <source>Bytes</source>
            <translation>Octets</translation>
        </message>
        <message>
            <source>Direction</source>
            <translation>Sens</translation>
        </message>
        <message>
            <source>Hex</source>
            <translation>Hexa</translation>
        </message>
        <message>
            <source>Meaning</source>
            <translation>Signification</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Heure</translation>
        </message>
        <message>
            <source>← received</source>
            <translation>← reçue</translation>
        </message>
        <message>
            <source>→ sent</source>
            <translation>→ envoyée</translation>
        </message>
    </context>
    <context>
        <name>GuidancePanel</name>
        <message>
            <source>Close</source>
            <translation>Fermer</translation>
        </message>
        <message>
            <source>Document</source>
            <translation>Document</translation>
        </message>
        <message>
            <source>If nothing is done</source>
            <translation>Si rien n’est fait</translation>
        </message>
        <message>
            <source>Its history</source>
            <translation>Son historique</translation>
        </message>
        <message>
            <source>Likely cause</source>
            <translation>Cause probable</translation>
        </message>
        <message>
            <source>No alarm selected</source>
            <translation>Aucune alarme sélectionnée</translation>
        </message>
        <message>
            <source>Not stated in this project.</source>
            <translation>Non indiqué dans ce projet.</translation>
        </message>
        <message>
            <source>Select an alarm to see what it means and what to do about it.</source>
            <translation>Sélectionnez une alarme pour voir ce qu’elle signifie et que faire.</translation>
        </message>
        <message>
            <source>Show in the list</source>
            <translation>Voir dans la liste</translation>
        </message>
        <message>
            <source>Show on screen</source>
            <translation>Voir sur la vue</translation>
        </message>
        <message>
            <source>Show the tag's trend around the time of the alarm</source>
            <translation>Afficher la courbe de la variable autour de l’heure de l’alarme</translation>
        </message>
        <message>
            <source>Show what the journal knows of this alarm</source>
            <translation>Afficher ce que le journal sait de cette alarme</translation>
        </message>
        <message>
            <source>Time to respond</source>
            <translation>Temps de réaction</translation>
        </message>
        <message>
            <source>Trend ±10 min</source>
            <translation>Courbe ±10 min</translation>
        </message>
        <message>
            <source>What to do</source>
            <translation>Que faire</translation>
        </message>
        <message>
            <source>after {}</source>
            <translation>après {}</translation>
        </message>
        <message>
            <source>deadband {} {}</source>
            <translation>hystérésis {} {}</translation>
        </message>
    </context>
    <context>
        <name>HeaderBar</name>
        <message>
            <source>Closed</source>
            <translation>Fermée</translation>
        </message>
        <message>
            <source>Connected</source>
            <translation>Connectée</translation>
        </message>
        <message>
            <source>Connecting</source>
            <translation>Connexion en cours</translation>
        </message>
        <message>
            <source>No station</source>
            <translation>Pas de station</translation>
        </message>
        <message>
            <source>Refused</source>
            <translation>Refusée</translation>
        </message>
        <message>
            <source>{user} at {workstation}</source>
            <translation>{user} sur {workstation}</translation>
        </message>
    </context>
    <context>
        <name>Inquiry</name>
        <message>
            <source>Click an element of a screen first.</source>
            <translation>Cliquez d’abord sur un élément d’une vue.</translation>
        </message>
        <message>
            <source>No screen shows {path}.</source>
            <translation>Aucune vue ne montre {path}.</translation>
        </message>
        <message>
            <source>Point at an element of a screen first.</source>
            <translation>Pointez d’abord un élément d’une vue.</translation>
        </message>
        <message>
            <source>{path} is not logged, so it has no trend.</source>
            <translation>{path} n’est pas historisée et n’a donc pas de courbe.</translation>
        </message>
    </context>
    <context>
        <name>JournalFilterBar</name>
        <message>
            <source>Acknowledged or reset</source>
            <translation>Acquittées ou réarmées</translation>
        </message>
        <message>
            <source>Alarms</source>
            <translation>Alarmes</translation>
        </message>
        <message>
            <source>All areas</source>
            <translation>Toutes les zones</translation>
        </message>
        <message>
            <source>All events</source>
            <translation>Tous les événements</translation>
        </message>
        <message>
            <source>Hidden or shown again</source>
            <translation>Masquées ou réaffichées</translation>
        </message>
        <message>
            <source>Operator</source>
            <translation>Opérateur</translation>
        </message>
        <message>
            <source>Returns</source>
            <translation>Retours</translation>
        </message>
        <message>
            <source>Search message, tag or comment</source>
            <translation>Chercher</translation>
        </message>
        <message>
            <source>Show all</source>
            <translation>Tout afficher</translation>
        </message>
        <message>
            <source>Show events of priority {}</source>
            <translation>Afficher les événements de priorité {}</translation>
        </message>
        <message>
            <source>Tag, or all below a path</source>
            <translation>Variable ou chemin</translation>
        </message>
        <message>
            <source>Take every filter away; the period stays</source>
            <translation>Retirer tous les filtres ; la période reste</translation>
        </message>
    </context>
    <context>
        <name>KpiTiles</name>
        <message>
            <source>target {}</source>
            <translation>objectif {}</translation>
        </message>
    </context>
    <context>
        <name>LimitPlot</name>
        <message>
            <source>No stored value in this period</source>
            <translation>Aucune valeur stockée dans cette période</translation>
        </message>
        <message>
            <source>now</source>
            <translation>actuel</translation>
        </message>
        <message>
            <source>tried</source>
            <translation>essai</translation>
        </message>
    </context>
    <context>
        <name>LocalText</name>
        <message>
            <source>B kB MB GB TB</source>
            <translation>o ko Mo Go To</translation>
        </message>
        <message>
            <source>MM-dd</source>
            <translation>dd/MM</translation>
        </message>
        <message>
            <source>Off</source>
            <translation>Arrêt</translation>
        </message>
        <message>
            <source>On</source>
            <translation>Marche</translation>
        </message>
        <message>
            <source>yyyy-MM-dd</source>
            <translation>dd/MM/yyyy</translation>
        </message>
        <message>
            <source>{} d</source>
            <translation>{} j</translation>
        </message>
        <message>
            <source>{} h</source>
            <translation>{} h</translation>
        </message>
        <message>
            <source>{} min</source>
            <translation>{} min</translation>
        </message>
        <message>
            <source>{} ms</source>
            <translation>{} ms</translation>
        </message>
        <message>
            <source>{} s</source>
            <translation>{} s</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Alarm sounds are on.</source>
            <translation>Les sons d’alarme sont actifs.</translation>
        </message>
        <message>
            <source>Alarm sounds of this window are off.</source>
            <translation>Les sons d’alarme de cette fenêtre sont coupés.</translation>
        </message>
        <message>
            <source>Colours as seen: {}.</source>
            <translation>Couleurs telles que vues : {}.</translation>
        </message>
        <message>
            <source>Connecting to the station…</source>
            <translation>Connexion à la station…</translation>
        </message>
        <message>
            <source>The station has not stopped; close again to leave it running.</source>
            <translation>La station ne s’est pas arrêtée ; fermez de nouveau pour la laisser en marche.</translation>
        </message>
        <message>
            <source>The station is stopping…</source>
            <translation>La station s’arrête…</translation>
        </message>
        <message>
            <source>Values and alarms are not live. {}</source>
            <translation>Valeurs et alarmes ne sont pas en direct. {}</translation>
        </message>
    </context>
    <context>
        <name>MatrixPage</name>
        <message>
            <source>Alarm</source>
            <translation>Alarme</translation>
        </message>
        <message>
            <source>Alarms</source>
            <translation>Alarmes</translation>
        </message>
        <message>
            <source>Alarms: {n}</source>
            <translation>Alarmes : {n}</translation>
        </message>
        <message>
            <source>Alert</source>
            <translation>Alerte</translation>
        </message>
        <message>
            <source>Alert: {n}</source>
            <translation>Alerte : {n}</translation>
        </message>
        <message>
            <source>All alarms</source>
            <translation>Toutes les alarmes</translation>
        </message>
        <message>
            <source>At most {time}</source>
            <translation>Au plus {time}</translation>
        </message>
        <message>
            <source>Consequence</source>
            <translation>Conséquence</translation>
        </message>
        <message>
            <source>Consequence of doing nothing, by the time to respond</source>
            <translation>Conséquence si rien n’est fait, selon le temps de réaction</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Description</translation>
        </message>
        <message>
            <source>Deserves</source>
            <translation>Mérite</translation>
        </message>
        <message>
            <source>If nothing is done</source>
            <translation>Si rien n’est fait</translation>
        </message>
        <message>
            <source>More than {time}</source>
            <translation>Plus de {time}</translation>
        </message>
        <message>
            <source>No alarm lies in this cell.</source>
            <translation>Aucune alarme dans cette case.</translation>
        </message>
        <message>
            <source>No time stated</source>
            <translation>Sans délai</translation>
        </message>
        <message>
            <source>Not stated</source>
            <translation>Non précisée</translation>
        </message>
        <message>
            <source>Priorities</source>
            <translation>Priorités</translation>
        </message>
        <message>
            <source>Priorities of all alarms</source>
            <translation>Priorités de toutes les alarmes</translation>
        </message>
        <message>
            <source>Priority matrix</source>
            <translation>Matrice des priorités</translation>
        </message>
        <message>
            <source>Runs with</source>
            <translation>En service</translation>
        </message>
        <message>
            <source>Share</source>
            <translation>Part</translation>
        </message>
        <message>
            <source>Show all</source>
            <translation>Tout afficher</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>Objectif</translation>
        </message>
        <message>
            <source>The matrix gives: {priority}</source>
            <translation>La matrice donne : {priority}</translation>
        </message>
        <message>
            <source>Time to respond</source>
            <translation>Temps de réaction</translation>
        </message>
        <message>
            <source>Try another priority of this alarm on stored history</source>
            <translation>Essayer une autre priorité de cette alarme sur l’historique</translation>
        </message>
        <message>
            <source>Try other settings…</source>
            <translation>Essayer d’autres réglages…</translation>
        </message>
        <message>
            <source>danger</source>
            <translation>danger</translation>
        </message>
        <message>
            <source>major</source>
            <translation>majeure</translation>
        </message>
        <message>
            <source>minor</source>
            <translation>mineure</translation>
        </message>
        <message>
            <source>other priority: {n}</source>
            <translation>autre priorité : {n}</translation>
        </message>
        <message>
            <source>severe</source>
            <translation>grave</translation>
        </message>
        <message>
            <source>with another priority than they deserve: {n}</source>
            <translation>avec une autre priorité que méritée : {n}</translation>
        </message>
        <message>
            <source>without a consequence or a time: {n}</source>
            <translation>sans conséquence ou sans temps de réaction : {n}</translation>
        </message>
        <message>
            <source>{least} to {most}</source>
            <translation>{least} à {most}</translation>
        </message>
        <message numerus="yes">
            <source>{title}: %Ln alarm(s)</source>
            <translation>
                <numerusform>{title} : %Ln alarme</numerusform>
                <numerusform>{title} : %Ln alarmes</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>MomentWindow</name>
        <message>
            <source>As it was at {time}. Not live.</source>
            <translation>Tel que c’était à {time}. Pas en direct.</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Fermer</translation>
        </message>
        <message>
            <source>Not complete: {}</source>
            <translation>Incomplet : {}</translation>
        </message>
        <message>
            <source>Reading history…</source>
            <translation>Lecture de l’historique…</translation>
        </message>
        <message>
            <source>Tags without history, shown as waiting: {n}</source>
            <translation>Variables sans historique, montrées en attente : {n}</translation>
        </message>
        <message>
            <source>This is the past: nothing can be commanded.</source>
            <translation>C’est le passé : rien ne peut être commandé.</translation>
        </message>
        <message>
            <source>{title} at {time}</source>
            <translation>{title} à {time}</translation>
        </message>
    </context>
    <context>
        <name>NameDialog</name>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Filter, grouping and order are kept under this name.</source>
            <translation>Filtre, groupement et ordre sont gardés sous ce nom.</translation>
        </message>
        <message>
            <source>Name, such as: Filling, urgent and high</source>
            <translation>Nom, par exemple : Remplissage, urgentes et hautes</translation>
        </message>
        <message>
            <source>Replaces the view of this name.</source>
            <translation>Remplace la vue de ce nom.</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>Enregistrer</translation>
        </message>
        <message>
            <source>Save this view</source>
            <translation>Enregistrer cette vue</translation>
        </message>
    </context>
    <context>
        <name>NavigationPanel</name>
        <message>
            <source>Favourites</source>
            <translation>Favoris</translation>
        </message>
        <message>
            <source>Screens</source>
            <translation>Vues</translation>
        </message>
    </context>
    <context>
        <name>NoticeBar</name>
        <message>
            <source>Hide this notice</source>
            <translation>Masquer cet avis</translation>
        </message>
    </context>
    <context>
        <name>Oee</name>
        <message>
            <source>Availability</source>
            <translation>Disponibilité</translation>
        </message>
        <message>
            <source>OEE</source>
            <translation>TRG</translation>
        </message>
        <message>
            <source>OEE %</source>
            <translation>TRG %</translation>
        </message>
        <message>
            <source>Performance</source>
            <translation>Performance</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualité</translation>
        </message>
    </context>
    <context>
        <name>OpeningNotice</name>
        <message>
            <source>Opening {title}…</source>
            <translation>Ouverture de « {title} »…</translation>
        </message>
    </context>
    <context>
        <name>PackML</name>
        <message>
            <source>Aborted</source>
            <translation>Abandonné</translation>
        </message>
        <message>
            <source>Aborting</source>
            <translation>Abandon en cours</translation>
        </message>
        <message>
            <source>Clearing</source>
            <translation>Effacement</translation>
        </message>
        <message>
            <source>Complete</source>
            <translation>Terminé</translation>
        </message>
        <message>
            <source>Completing</source>
            <translation>Achèvement</translation>
        </message>
        <message>
            <source>Execute</source>
            <translation>Exécution</translation>
        </message>
        <message>
            <source>Held</source>
            <translation>Maintenu</translation>
        </message>
        <message>
            <source>Holding</source>
            <translation>Mise en maintien</translation>
        </message>
        <message>
            <source>Idle</source>
            <translation>Prêt</translation>
        </message>
        <message>
            <source>Resetting</source>
            <translation>Réinitialisation</translation>
        </message>
        <message>
            <source>Starting</source>
            <translation>Démarrage</translation>
        </message>
        <message>
            <source>Stopped</source>
            <translation>Arrêté</translation>
        </message>
        <message>
            <source>Stopping</source>
            <translation>Arrêt en cours</translation>
        </message>
        <message>
            <source>Suspended</source>
            <translation>Suspendu</translation>
        </message>
        <message>
            <source>Suspending</source>
            <translation>Suspension</translation>
        </message>
        <message>
            <source>Undefined</source>
            <translation>Indéfini</translation>
        </message>
        <message>
            <source>Unholding</source>
            <translation>Fin de maintien</translation>
        </message>
        <message>
            <source>Unsuspending</source>
            <translation>Fin de suspension</translation>
        </message>
    </context>
    <context>
        <name>PenChooser</name>
        <message numerus="yes">
            <source>%n of {most} pen(s) in use</source>
            <translation>
                <numerusform>%n courbe utilisée sur {most}</numerusform>
                <numerusform>%n courbes utilisées sur {most}</numerusform>
            </translation>
        </message>
        <message>
            <source>Logged tags</source>
            <translation>Variables historisées</translation>
        </message>
        <message>
            <source>No logged tag is called so.</source>
            <translation>Aucune variable historisée ne porte ce nom.</translation>
        </message>
        <message>
            <source>Search logged tags</source>
            <translation>Chercher une variable historisée</translation>
        </message>
        <message>
            <source>This project logs no tags.</source>
            <translation>Ce projet n’historise aucune variable.</translation>
        </message>
    </context>
    <context>
        <name>PenTableModel</name>
        <message>
            <source>At cursor</source>
            <translation>Au curseur</translation>
        </message>
        <message>
            <source>Between {low} and {high} in this pixel</source>
            <translation>Entre {low} et {high} dans ce pixel</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Description</translation>
        </message>
        <message>
            <source>Now</source>
            <translation>Maintenant</translation>
        </message>
        <message>
            <source>Pen</source>
            <translation>Courbe</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualité</translation>
        </message>
        <message>
            <source>Remove this pen</source>
            <translation>Retirer cette courbe</translation>
        </message>
        <message>
            <source>Sample time</source>
            <translation>Heure du point</translation>
        </message>
        <message>
            <source>Scale</source>
            <translation>Échelle</translation>
        </message>
        <message>
            <source>Show or hide this pen</source>
            <translation>Afficher ou masquer cette courbe</translation>
        </message>
        <message>
            <source>Tag</source>
            <translation>Variable</translation>
        </message>
    </context>
    <context>
        <name>PerformancePage</name>
        <message>
            <source>Activations: {}</source>
            <translation>Apparitions : {}</translation>
        </message>
        <message>
            <source>Alarm</source>
            <translation>Alarme</translation>
        </message>
        <message>
            <source>Alarm first</source>
            <translation>Première alarme</translation>
        </message>
        <message>
            <source>Alarm then</source>
            <translation>Alarme ensuite</translation>
        </message>
        <message>
            <source>Alarms</source>
            <translation>Alarmes</translation>
        </message>
        <message>
            <source>Alarms per 10 minutes</source>
            <translation>Alarmes par 10 minutes</translation>
        </message>
        <message>
            <source>Begin</source>
            <translation>Début</translation>
        </message>
        <message>
            <source>Between</source>
            <translation>Entre</translation>
        </message>
        <message>
            <source>Chatter</source>
            <translation>Battements</translation>
        </message>
        <message>
            <source>Click a figure, a plot or a row for the events behind it.</source>
            <translation>Cliquez sur un indicateur, un graphique ou une ligne pour voir les événements.</translation>
        </message>
        <message>
            <source>Count</source>
            <translation>Nombre</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Description</translation>
        </message>
        <message>
            <source>Figure</source>
            <translation>Indicateur</translation>
        </message>
        <message>
            <source>Figures</source>
            <translation>Indicateurs</translation>
        </message>
        <message>
            <source>First</source>
            <translation>D’abord</translation>
        </message>
        <message>
            <source>First 10 min</source>
            <translation>10 premières min</translation>
        </message>
        <message>
            <source>First-out</source>
            <translation>Première</translation>
        </message>
        <message>
            <source>Fleeting</source>
            <translation>Fugitives</translation>
        </message>
        <message>
            <source>Floods</source>
            <translation>Avalanches</translation>
        </message>
        <message>
            <source>INDICATIVE: less than 30 days</source>
            <translation>INDICATIF : moins de 30 jours</translation>
        </message>
        <message>
            <source>In alarm</source>
            <translation>En alarme</translation>
        </message>
        <message>
            <source>Lasted</source>
            <translation>Durée</translation>
        </message>
        <message>
            <source>Limit</source>
            <translation>Seuil</translation>
        </message>
        <message numerus="yes">
            <source>Loading the journal: %Ln event(s)…</source>
            <translation>
                <numerusform>Chargement du journal : %Ln événement…</numerusform>
                <numerusform>Chargement du journal : %Ln événements…</numerusform>
            </translation>
        </message>
        <message>
            <source>Loading the journal…</source>
            <translation>Chargement du journal…</translation>
        </message>
        <message>
            <source>Longest</source>
            <translation>Maxi</translation>
        </message>
        <message>
            <source>More than {} events: choose a shorter period, or use the report.</source>
            <translation>Plus de {} événements : choisissez une période plus courte, ou le rapport.</translation>
        </message>
        <message>
            <source>Most in 10 min</source>
            <translation>Maxi en 10 min</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nom</translation>
        </message>
        <message>
            <source>No alarm came in this period.</source>
            <translation>Aucune alarme n’est venue dans cette période.</translation>
        </message>
        <message>
            <source>No alarm came within 60 s of another one.</source>
            <translation>Aucune alarme n’est venue à moins de 60 s d’une autre.</translation>
        </message>
        <message>
            <source>No flood: never more than ten alarms within ten minutes in this period.</source>
            <translation>Pas d’avalanche : jamais plus de dix alarmes en dix minutes dans cette période.</translation>
        </message>
        <message>
            <source>Overview</source>
            <translation>Vue d’ensemble</translation>
        </message>
        <message>
            <source>Priorities beside their targets</source>
            <translation>Priorités et leurs objectifs</translation>
        </message>
        <message>
            <source>Refresh</source>
            <translation>Actualiser</translation>
        </message>
        <message>
            <source>Report…</source>
            <translation>Rapport…</translation>
        </message>
        <message>
            <source>Share</source>
            <translation>Part</translation>
        </message>
        <message>
            <source>Stale</source>
            <translation>Persistantes</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Arrêter</translation>
        </message>
        <message>
            <source>Stopped. Refresh begins again.</source>
            <translation>Arrêté. Actualiser recommence.</translation>
        </message>
        <message>
            <source>Sum</source>
            <translation>Somme</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>Objectif</translation>
        </message>
        <message>
            <source>The figures cannot be worked out: {}</source>
            <translation>Les indicateurs ne peuvent pas être calculés : {}</translation>
        </message>
        <message>
            <source>The journal cannot be shown: {}</source>
            <translation>Le journal ne peut pas être affiché : {}</translation>
        </message>
        <message>
            <source>The twenty most frequent alarms and their cumulative share</source>
            <translation>Les vingt alarmes les plus fréquentes et leur part cumulée</translation>
        </message>
        <message>
            <source>Then, within 60 s</source>
            <translation>Puis, en 60 s</translation>
        </message>
        <message>
            <source>Times</source>
            <translation>Fois</translation>
        </message>
        <message>
            <source>To ack.</source>
            <translation>Acquit.</translation>
        </message>
        <message>
            <source>Together</source>
            <translation>Ensemble</translation>
        </message>
        <message>
            <source>Top 20</source>
            <translation>Top 20</translation>
        </message>
        <message>
            <source>Trend ±10 min</source>
            <translation>Courbe ±10 min</translation>
        </message>
        <message>
            <source>Try other settings…</source>
            <translation>Essayer d’autres réglages…</translation>
        </message>
        <message>
            <source>Try settings of this alarm on stored history</source>
            <translation>Essayer des réglages de cette alarme sur l’historique</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valeur</translation>
        </message>
        <message>
            <source>Verdict</source>
            <translation>Verdict</translation>
        </message>
        <message>
            <source>What began it</source>
            <translation>Ce qui l’a déclenchée</translation>
        </message>
        <message>
            <source>Working out the figures…</source>
            <translation>Calcul des indicateurs…</translation>
        </message>
        <message>
            <source>Write the figures of this period as a PDF report</source>
            <translation>Écrire les indicateurs de la période dans un rapport PDF</translation>
        </message>
        <message>
            <source>floods: {}</source>
            <translation>avalanches : {}</translation>
        </message>
        <message numerus="yes">
            <source>{title}: %Ln row(s)</source>
            <translation>
                <numerusform>{title} : %Ln ligne</numerusform>
                <numerusform>{title} : %Ln lignes</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PeriodChoice</name>
        <message>
            <source>From and to…</source>
            <translation>De… à…</translation>
        </message>
        <message>
            <source>Last 24 hours</source>
            <translation>Dernières 24 heures</translation>
        </message>
        <message>
            <source>Last 30 days</source>
            <translation>30 derniers jours</translation>
        </message>
        <message>
            <source>Last 7 days</source>
            <translation>7 derniers jours</translation>
        </message>
        <message>
            <source>Last 8 hours</source>
            <translation>Dernières 8 heures</translation>
        </message>
        <message>
            <source>Last hour</source>
            <translation>Dernière heure</translation>
        </message>
        <message>
            <source>to</source>
            <translation>à</translation>
        </message>
    </context>
    <context>
        <name>Plot</name>
        <message>
            <source>No activation</source>
            <translation>Aucune apparition</translation>
        </message>
    </context>
    <context>
        <name>PriorityCount</name>
        <message numerus="yes">
            <source>%Ln unacknowledged</source>
            <translation>
                <numerusform>%Ln non acquittée</numerusform>
                <numerusform>%Ln non acquittées</numerusform>
            </translation>
        </message>
        <message>
            <source>999+</source>
            <translation>999+</translation>
        </message>
        <message numerus="yes">
            <source>{priority}: %Ln alarm(s), {waiting}</source>
            <translation>
                <numerusform>{priority} : %Ln alarme, {waiting}</numerusform>
                <numerusform>{priority} : %Ln alarmes, {waiting}</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PriorityPlot</name>
        <message>
            <source>{share} % of {target} %</source>
            <translation>{share} % sur {target} %</translation>
        </message>
    </context>
    <context>
        <name>Quality</name>
        <message>
            <source>Bad</source>
            <translation>Mauvaise</translation>
        </message>
        <message>
            <source>Good</source>
            <translation>Bonne</translation>
        </message>
        <message>
            <source>Uncertain</source>
            <translation>Incertaine</translation>
        </message>
    </context>
    <context>
        <name>Question</name>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
    </context>
    <context>
        <name>RatePlot</name>
        <message>
            <source>A flood is more than {}</source>
            <translation>Une avalanche, c’est plus de {}</translation>
        </message>
    </context>
    <context>
        <name>ReasonDialog</name>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>Commentaire</translation>
        </message>
        <message>
            <source>Comment</source>
            <comment>what a button does</comment>
            <translation>Commenter</translation>
        </message>
        <message>
            <source>If its condition is present, it is annunciated as new.</source>
            <translation>Si sa condition est présente, elle est annoncée comme nouvelle.</translation>
        </message>
        <message>
            <source>It is not shown or heard for this time, then comes back by itself.</source>
            <translation>Elle n’est ni montrée ni entendue pendant ce temps, puis revient d’elle-même.</translation>
        </message>
        <message>
            <source>It is not shown or heard until somebody returns it to service.</source>
            <translation>Elle n’est ni montrée ni entendue jusqu’à sa remise en service.</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Motif</translation>
        </message>
        <message>
            <source>Reason and work order</source>
            <translation>Motif et bon de travail</translation>
        </message>
        <message>
            <source>Required; goes into the journal</source>
            <translation>Obligatoire ; inscrit au journal</translation>
        </message>
        <message>
            <source>Return to service</source>
            <translation>Remettre en service</translation>
        </message>
        <message>
            <source>Shelve</source>
            <translation>Mettre en attente</translation>
        </message>
        <message>
            <source>Take out of service</source>
            <translation>Mettre hors service</translation>
        </message>
        <message>
            <source>The device keeps it with the alarm; the journal has it too.</source>
            <translation>L’appareil le garde avec l’alarme ; le journal l’a aussi.</translation>
        </message>
    </context>
    <context>
        <name>ReasonQuestion</name>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Motif</translation>
        </message>
        <message>
            <source>Why? The answer is kept with the command.</source>
            <translation>Pourquoi ? La réponse est gardée avec la commande.</translation>
        </message>
    </context>
    <context>
        <name>Repeater</name>
        <message numerus="yes">
            <source>%n more do not fit here.</source>
            <translation>
                <numerusform>%n de plus, sans place ici.</numerusform>
                <numerusform>%n de plus, sans place ici.</numerusform>
            </translation>
        </message>
        <message>
            <source>There is no {what}.</source>
            <translation>Il n’y a pas de {what}.</translation>
        </message>
    </context>
    <context>
        <name>ScreenCanvas</name>
        <message>
            <source>{percent} %: Ctrl+0 shows the whole screen</source>
            <translation>{percent} % : Ctrl+0 montre toute la vue</translation>
        </message>
    </context>
    <context>
        <name>ScreensPage</name>
        <message>
            <source>This project has no screens.</source>
            <translation>Ce projet n’a pas de vue.</translation>
        </message>
        <message>
            <source>Why this value?</source>
            <translation>Pourquoi cette valeur ?</translation>
        </message>
    </context>
    <context>
        <name>SearchPalette</name>
        <message>
            <source>Enter opens · Ctrl+Enter: trend or alarm list · Shift+Enter: why · Esc closes</source>
            <translation>Entrée ouvre · Ctrl+Entrée : courbe ou liste d’alarmes · Maj+Entrée : pourquoi · Échap ferme</translation>
        </message>
        <message>
            <source>Found</source>
            <translation>Trouvé</translation>
        </message>
        <message>
            <source>Nothing is called so.</source>
            <translation>Rien ne porte ce nom.</translation>
        </message>
        <message>
            <source>Screen, tag, alarm or command</source>
            <translation>Vue, variable, alarme ou commande</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Chercher</translation>
        </message>
    </context>
    <context>
        <name>Selection</name>
        <message>
            <source>Deselect</source>
            <translation>Désélectionner</translation>
        </message>
        <message>
            <source>Operate</source>
            <translation>Exécuter</translation>
        </message>
        <message>
            <source>Selected. Nothing happens before Operate; {seconds} s left.</source>
            <translation>Sélectionné. Rien ne se passe avant Exécuter ; reste {seconds} s.</translation>
        </message>
    </context>
    <context>
        <name>SentenceDialog</name>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Motif</translation>
        </message>
        <message>
            <source>Required; goes into the record of changes</source>
            <translation>Obligatoire ; inscrit au registre des changements</translation>
        </message>
        <message numerus="yes">
            <source>and %n more</source>
            <translation>
                <numerusform>et %n de plus</numerusform>
                <numerusform>et %n de plus</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>SetPointEditor</name>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>New value of {}</source>
            <translation>Nouvelle valeur de {}</translation>
        </message>
        <message>
            <source>Range {}</source>
            <translation>Plage {}</translation>
        </message>
        <message>
            <source>Set</source>
            <translation>Écrire</translation>
        </message>
    </context>
    <context>
        <name>SettingsForm</name>
        <message>
            <source>Expression over tags</source>
            <translation>Expression de variables</translation>
        </message>
        <message>
            <source>No</source>
            <translation>Non</translation>
        </message>
        <message>
            <source>While it is true, the alarm is suppressed. Empty: never.</source>
            <translation>Tant qu’elle est vraie, l’alarme est inhibée. Vide : jamais.</translation>
        </message>
        <message>
            <source>Yes</source>
            <translation>Oui</translation>
        </message>
        <message>
            <source>runs: {value}</source>
            <translation>actuel : {value}</translation>
        </message>
        <message>
            <source>{setting}: a number is expected.</source>
            <translation>{setting} : un nombre est attendu.</translation>
        </message>
        <message>
            <source>{setting}: not below 0.</source>
            <translation>{setting} : pas au-dessous de 0.</translation>
        </message>
    </context>
    <context>
        <name>Station</name>
        <message>
            <source>! above target</source>
            <translation>! hors objectif</translation>
        </message>
        <message>
            <source>!! exceeded</source>
            <translation>DÉPASSÉ</translation>
        </message>
        <message>
            <source>% low</source>
            <translation>% basses</translation>
        </message>
        <message>
            <source>'in' and 'is' are not allowed; compare with == != &lt; &lt;= &gt; &gt;=</source>
            <translation>« in » et « is » ne sont pas permis ; comparez avec == != &lt; &lt;= &gt; &gt;=</translation>
        </message>
        <message>
            <source>, {} refused by the server</source>
            <translation>, {} {refusée|refusées} par le serveur</translation>
        </message>
        <message>
            <source>0 alarms</source>
            <translation>0 alarme</translation>
        </message>
        <message>
            <source>1 event, times in {}</source>
            <translation>1 événement, heures en {}</translation>
        </message>
        <message>
            <source>1 fault</source>
            <translation>1 défaut</translation>
        </message>
        <message>
            <source>1 urgent</source>
            <translation>1 urgente</translation>
        </message>
        <message>
            <source>10-min windows with more than 10 alarms</source>
            <translation>Tranches de 10 min avec plus de 10 alarmes</translation>
        </message>
        <message>
            <source>2 high</source>
            <translation>2 haute</translation>
        </message>
        <message>
            <source>3 medium</source>
            <translation>3 moyenne</translation>
        </message>
        <message>
            <source>4 low</source>
            <translation>4 basse</translation>
        </message>
        <message>
            <source>80 / 15 / 5 % (&lt; 1 % urgent)</source>
            <translation>80 / 15 / 5 % (urgentes &lt; 1 %)</translation>
        </message>
        <message>
            <source>90 % within {} s</source>
            <translation>90 % en {} s</translation>
        </message>
        <message>
            <source>; bit {} of the byte {}</source>
            <translation> ; bit {} de l’octet {}</translation>
        </message>
        <message>
            <source>; did you mean {}?</source>
            <translation> ; vouliez-vous dire {} ?</translation>
        </message>
        <message>
            <source>; it may miss short changes of {}</source>
            <translation> ; il peut manquer de brefs changements de {}</translation>
        </message>
        <message>
            <source>; its byte is {}</source>
            <translation> ; son octet est {}</translation>
        </message>
        <message>
            <source>; its bytes are {}, the most significant first</source>
            <translation> ; ses octets sont {}, le plus significatif d’abord</translation>
        </message>
        <message>
            <source>; the server reports {} every {} ms, asked for were {} ms</source>
            <translation> ; le serveur rend compte de {} toutes les {} ms, {} ms étaient demandées</translation>
        </message>
        <message>
            <source>; {} lost on the way and fetched again</source>
            <translation> ; {} {perdu|perdus} en route et {redemandé|redemandés}</translation>
        </message>
        <message>
            <source>A page stands in a tab only.</source>
            <translation>Une page n’a sa place que dans un onglet.</translation>
        </message>
        <message>
            <source>A tab holds pages only, and {} is a {}.</source>
            <translation>Un onglet ne contient que des pages, et {} est de type {}.</translation>
        </message>
        <message>
            <source>A time axis of {} s has no length.</source>
            <translation>Un axe de temps de {} s n’a pas de longueur.</translation>
        </message>
        <message>
            <source>Accepted by the controller, but it could not be read back: {}</source>
            <translation>Acceptée par l’automate, mais la relecture a échoué : {}</translation>
        </message>
        <message>
            <source>Accepted by the controller; the tag is write-only and was not read back.</source>
            <translation>Acceptée par l’automate ; la variable est en écriture seule et n’a pas été relue.</translation>
        </message>
        <message>
            <source>Alarm</source>
            <translation>Alarme</translation>
        </message>
        <message>
            <source>Alarm performance</source>
            <translation>Bilan des alarmes</translation>
        </message>
        <message>
            <source>Alarms</source>
            <translation>Alarmes</translation>
        </message>
        <message>
            <source>Alarms hidden without a user or a reason</source>
            <translation>Alarmes masquées sans utilisateur ni motif</translation>
        </message>
        <message>
            <source>Alarms per 10 minutes, with the most that anybody can follow</source>
            <translation>Alarmes par 10 minutes, avec le maximum qu’une personne peut suivre</translation>
        </message>
        <message>
            <source>Alarms that come within 60 s of another</source>
            <translation>Alarmes qui viennent moins de 60 s après une autre</translation>
        </message>
        <message>
            <source>All {} tags are good again; a moment ago some were not, for example {}.</source>
            <translation>Les {} variables sont de nouveau bonnes ; certaines ne l’étaient pas il y a un instant, par exemple {}.</translation>
        </message>
        <message>
            <source>An instrument or its wiring has failed, or the controller marks its values as bad.</source>
            <translation>Un instrument ou son câblage est en panne, ou l’automate marque ses valeurs comme mauvaises.</translation>
        </message>
        <message>
            <source>Another element of this screen has the id {} already.</source>
            <translation>Un autre élément de cette vue a déjà l’identifiant {}.</translation>
        </message>
        <message>
            <source>As {} you may not write {}: it takes the role {} (SEC-10).</source>
            <translation>En tant que {}, vous ne pouvez pas écrire {} : il faut le rôle {} (SEC-10).</translation>
        </message>
        <message>
            <source>As {} you may not {}: it takes the role {} (SEC-10).</source>
            <translation>En tant que {}, vous ne pouvez pas {} : il faut le rôle {} (SEC-10).</translation>
        </message>
        <message>
            <source>Attempts to reconnect go on.</source>
            <translation>Les tentatives de reconnexion continuent.</translation>
        </message>
        <message>
            <source>Average alarms per 10 min</source>
            <translation>Alarmes en moyenne par 10 min</translation>
        </message>
        <message>
            <source>Average alarms per day</source>
            <translation>Alarmes en moyenne par jour</translation>
        </message>
        <message>
            <source>Average alarms per hour</source>
            <translation>Alarmes en moyenne par heure</translation>
        </message>
        <message>
            <source>Calculated: {}</source>
            <translation>Calculée : {}</translation>
        </message>
        <message>
            <source>Calculated: {}; the inputs are good, but they give {}.</source>
            <translation>Calculée : {} ; les entrées sont bonnes, mais elles donnent {}.</translation>
        </message>
        <message>
            <source>Calculated: {}; the result is outside {}.</source>
            <translation>Calculée : {} ; le résultat est hors de {}.</translation>
        </message>
        <message>
            <source>Certificate accepted</source>
            <translation>Certificat approuvé</translation>
        </message>
        <message>
            <source>Certificate rejected</source>
            <translation>Certificat rejeté</translation>
        </message>
        <message>
            <source>Certificate removed</source>
            <translation>Certificat retiré</translation>
        </message>
        <message>
            <source>Chatter</source>
            <translation>Batt.</translation>
        </message>
        <message>
            <source>Chattering and fleeting alarms</source>
            <translation>Alarmes battantes et fugitives</translation>
        </message>
        <message>
            <source>Chattering: 3 or more within 60 s</source>
            <translation>Battantes : 3 ou plus en 60 s</translation>
        </message>
        <message>
            <source>Check that the controller has power and runs, the network cable, and its address:</source>
            <translation>Vérifiez que l’automate est sous tension et en marche, le câble réseau, et son adresse :</translation>
        </message>
        <message>
            <source>Check the controller's power, state and network cable; work from the local panel.</source>
            <translation>Vérifier l’alimentation, l’état et le câble réseau de l’automate ; conduire depuis le pupitre local.</translation>
        </message>
        <message>
            <source>Check the unit's power, its bus cable and its unit number in the tag's address.</source>
            <translation>Vérifiez l’alimentation de l’esclave, son câble de bus et son numéro dans l’adresse de la variable.</translation>
        </message>
        <message>
            <source>Checking the configuration.</source>
            <translation>Vérification de la configuration.</translation>
        </message>
        <message>
            <source>Connect</source>
            <translation>Connexion</translation>
        </message>
        <message>
            <source>Connected: {}</source>
            <translation>Connecté : {}</translation>
        </message>
        <message>
            <source>Connecting to the device.</source>
            <translation>Connexion à l’appareil.</translation>
        </message>
        <message>
            <source>Correct address or type of the tag in tags.csv, or the controller's program.</source>
            <translation>Corrigez l’adresse ou le type de la variable dans tags.csv, ou le programme de l’automate.</translation>
        </message>
        <message>
            <source>Correct the connection's options in project.toml.</source>
            <translation>Corrigez les options de la connexion dans project.toml.</translation>
        </message>
        <message>
            <source>Correct the expression, for example for a divisor of zero or a text among numbers.</source>
            <translation>Corrigez l’expression, par exemple une division par zéro ou un texte parmi des nombres.</translation>
        </message>
        <message>
            <source>Correct the path where it is used, or add the tag to tags.csv.</source>
            <translation>Corrigez le chemin là où il sert, ou ajoutez la variable à tags.csv.</translation>
        </message>
        <message>
            <source>Correct the tag's connection in tags.csv.</source>
            <translation>Corrigez la connexion de la variable dans tags.csv.</translation>
        </message>
        <message>
            <source>Count</source>
            <translation>Nombre</translation>
        </message>
        <message>
            <source>DATE holds whole days from 1990-01-01 to 2169-06-06</source>
            <translation>DATE contient des jours entiers du 01/01/1990 au 06/06/2169</translation>
        </message>
        <message>
            <source>DATE_AND_TIME holds the years 1990 to 2089, not {}</source>
            <translation>DATE_AND_TIME contient les années 1990 à 2089, pas {}</translation>
        </message>
        <message>
            <source>DTL holds the years 1970 to 2262, not {}</source>
            <translation>DTL contient les années 1970 à 2262, pas {}</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>Description</translation>
        </message>
        <message>
            <source>Duration</source>
            <translation>Durée</translation>
        </message>
        <message>
            <source>Figure</source>
            <translation>Indicateur</translation>
        </message>
        <message>
            <source>First</source>
            <translation>Première</translation>
        </message>
        <message>
            <source>First-out</source>
            <translation>Première</translation>
        </message>
        <message>
            <source>Fleeting</source>
            <translation>Fugit.</translation>
        </message>
        <message>
            <source>Fleeting: gone within 10 s by itself</source>
            <translation>Fugitives : disparues seules en 10 s</translation>
        </message>
        <message>
            <source>Floods</source>
            <translation>Avalanches</translation>
        </message>
        <message>
            <source>Floods: more than 10 alarms within 10 minutes</source>
            <translation>Avalanches : plus de 10 alarmes en 10 minutes</translation>
        </message>
        <message>
            <source>Give Vigie's user the right to read it in the controller.</source>
            <translation>Donnez à l’utilisateur de Vigie le droit de la lire dans l’automate.</translation>
        </message>
        <message>
            <source>Give the tag a longer period, or look for what slows the device or the network.</source>
            <translation>Donnez à la variable une période plus longue, ou cherchez ce qui ralentit l’appareil ou le réseau.</translation>
        </message>
        <message>
            <source>Hours with more than 30 alarms</source>
            <translation>Heures avec plus de 30 alarmes</translation>
        </message>
        <message>
            <source>INDICATIVE: {} days; figures are firm from 30 days on.</source>
            <translation>INDICATIF : {} {jour|jours} ; les chiffres sont sûrs à partir de 30 jours.</translation>
        </message>
        <message>
            <source>In alarm</source>
            <translation>Présence</translation>
        </message>
        <message>
            <source>It has no address.</source>
            <translation>Elle n’a pas d’adresse.</translation>
        </message>
        <message>
            <source>It is unknown whether the value arrived: no answer within {} s.</source>
            <translation>On ignore si la valeur est arrivée : pas de réponse en {} s.</translation>
        </message>
        <message>
            <source>It is unknown whether the value arrived: {}</source>
            <translation>On ignore si la valeur est arrivée : {}</translation>
        </message>
        <message>
            <source>It took the command and reset it, or undid it.</source>
            <translation>Il a pris la commande et l’a remise à zéro, ou l’a annulée.</translation>
        </message>
        <message>
            <source>Its values are no longer known and it takes no commands from here.</source>
            <translation>Ses valeurs ne sont plus connues et il ne reçoit plus de commande d’ici.</translation>
        </message>
        <message>
            <source>Judged figures: {}. On target: {}. Above target: {}. Beyond the limit: {}.</source>
            <translation>Indicateurs jugés : {}. Dans l’objectif : {}. Hors objectif : {}. Au-delà de la limite : {}.</translation>
        </message>
        <message>
            <source>Key figures</source>
            <translation>Indicateurs</translation>
        </message>
        <message>
            <source>Length of the period</source>
            <translation>Durée de la période</translation>
        </message>
        <message>
            <source>Limit</source>
            <translation>Limite</translation>
        </message>
        <message>
            <source>Load of the ten most frequent alarms</source>
            <translation>Part des dix alarmes les plus fréquentes</translation>
        </message>
        <message>
            <source>Load of the twenty most frequent alarms</source>
            <translation>Part des vingt alarmes les plus fréquentes</translation>
        </message>
        <message>
            <source>Look again in a moment.</source>
            <translation>Regardez de nouveau dans un instant.</translation>
        </message>
        <message>
            <source>Look again.</source>
            <translation>Regardez de nouveau.</translation>
        </message>
        <message>
            <source>Look at the inputs, or correct the range in tags.csv.</source>
            <translation>Regardez les entrées, ou corrigez la plage dans tags.csv.</translation>
        </message>
        <message>
            <source>Look at the sensor and its wiring, or correct range and scaling in tags.csv.</source>
            <translation>Vérifiez le capteur et son câblage, ou corrigez plage et mise à l’échelle dans tags.csv.</translation>
        </message>
        <message>
            <source>Look at the sensor, module or program in the controller.</source>
            <translation>Vérifiez le capteur, le module ou le programme dans l’automate.</translation>
        </message>
        <message>
            <source>Mean time to acknowledge</source>
            <translation>Temps moyen d’acquittement</translation>
        </message>
        <message>
            <source>Mend the tag's row in tags.csv; see 'vigie check'.</source>
            <translation>Corrigez la ligne de la variable dans tags.csv ; voir « vigie check ».</translation>
        </message>
        <message>
            <source>Modbus RTU</source>
            <translation>Modbus RTU</translation>
        </message>
        <message>
            <source>Modbus RTU over TCP</source>
            <translation>Modbus RTU sur TCP</translation>
        </message>
        <message>
            <source>Modbus TCP</source>
            <translation>Modbus TCP</translation>
        </message>
        <message>
            <source>Modbus TCP {}, unit {}</source>
            <translation>Modbus TCP {}, esclave {}</translation>
        </message>
        <message>
            <source>More inputs are not shown.</source>
            <translation>D’autres entrées ne sont pas affichées.</translation>
        </message>
        <message>
            <source>More than {} screens are embedded in each other.</source>
            <translation>Plus de {} vues sont imbriquées les unes dans les autres.</translation>
        </message>
        <message>
            <source>Most alarms within any 10 min</source>
            <translation>Maximum d’alarmes en 10 min</translation>
        </message>
        <message>
            <source>Most of the load comes from few alarms: {}.</source>
            <translation>L’essentiel de la charge vient de peu d’alarmes : {}.</translation>
        </message>
        <message>
            <source>No alarm was raised.</source>
            <translation>Aucune alarme n’est apparue.</translation>
        </message>
        <message>
            <source>No answer within {} s.</source>
            <translation>Pas de réponse en {} s.</translation>
        </message>
        <message>
            <source>No samples from here on: {}</source>
            <translation>Plus d’échantillons à partir d’ici : {}</translation>
        </message>
        <message>
            <source>No single alarm makes up 5 % of the load.</source>
            <translation>Aucune alarme ne fait à elle seule 5 % de la charge.</translation>
        </message>
        <message>
            <source>No tag has the path {}.</source>
            <translation>Aucune variable n’a le chemin {}.</translation>
        </message>
        <message>
            <source>Not sent: {} is {}.</source>
            <translation>Non envoyé : {} est {}.</translation>
        </message>
        <message>
            <source>Not started.</source>
            <translation>Pas démarrée.</translation>
        </message>
        <message>
            <source>Not started: {}. Mend it in the project.</source>
            <translation>Pas démarrée : {}. À corriger dans le projet.</translation>
        </message>
        <message>
            <source>OPC UA server</source>
            <translation>Serveur OPC UA</translation>
        </message>
        <message>
            <source>One of {} tags has no good value: {}.</source>
            <translation>Une variable sur {} n’a pas de bonne valeur : {}.</translation>
        </message>
        <message>
            <source>Peak</source>
            <translation>Pointe</translation>
        </message>
        <message>
            <source>Peak in the first 10 min of an upset</source>
            <translation>Pointe des 10 premières min d’une perturbation</translation>
        </message>
        <message>
            <source>Performance level (EEMUA 191)</source>
            <translation>Niveau de performance (EEMUA 191)</translation>
        </message>
        <message>
            <source>Priorities of the activations</source>
            <translation>Priorités des apparitions</translation>
        </message>
        <message>
            <source>Priorities of the activations beside their targets</source>
            <translation>Priorités des apparitions et leurs objectifs</translation>
        </message>
        <message>
            <source>Rate in words (EEMUA 191)</source>
            <translation>Débit en mots (EEMUA 191)</translation>
        </message>
        <message>
            <source>Read tag {}</source>
            <translation>Lecture de la variable {}</translation>
        </message>
        <message>
            <source>Refused to {} at {}: Acknowledge: {}</source>
            <translation>Refusé à {} sur {} : Acquittement : {}</translation>
        </message>
        <message>
            <source>Refused to {}: {} certificate: {}</source>
            <translation>Refusé à {} : {} certificat : {}</translation>
        </message>
        <message>
            <source>Refused to {}: {}: {}</source>
            <translation>Refusé à {} : {} : {}</translation>
        </message>
        <message>
            <source>Returned to service</source>
            <translation>Remise en service</translation>
        </message>
        <message>
            <source>S5TIME holds three digits of 10 ms, 100 ms, 1 s or 10 s, at most 9990 s; not {} ms</source>
            <translation>S5TIME contient trois chiffres de 10 ms, 100 ms, 1 s ou 10 s, au plus 9990 s ; pas {} ms</translation>
        </message>
        <message>
            <source>S7 controller at {}, PDU {}</source>
            <translation>Automate S7 à {}, PDU {}</translation>
        </message>
        <message>
            <source>Scaled from {}…{} to {}…{}{}</source>
            <translation>Mise à l’échelle de {}…{} vers {}…{}{}</translation>
        </message>
        <message>
            <source>See above.</source>
            <translation>Voir plus haut.</translation>
        </message>
        <message>
            <source>Share</source>
            <translation>Part</translation>
        </message>
        <message>
            <source>Shelved alarms at the end</source>
            <translation>Alarmes en attente à la fin</translation>
        </message>
        <message>
            <source>Shelved for {} min ({})</source>
            <translation>Mise en attente pour {} min ({})</translation>
        </message>
        <message>
            <source>Shelved until its next return ({})</source>
            <translation>Mise en attente jusqu’à son prochain retour ({})</translation>
        </message>
        <message>
            <source>Somebody must mend this.</source>
            <translation>Quelqu’un doit corriger cela.</translation>
        </message>
        <message>
            <source>Somebody must mend this; it is tried again from time to time.</source>
            <translation>Quelqu’un doit corriger cela ; un nouvel essai a lieu de temps en temps.</translation>
        </message>
        <message>
            <source>Stale alarms on the worst day</source>
            <translation>Alarmes persistantes le pire jour</translation>
        </message>
        <message>
            <source>Stale: true for more than 24 h</source>
            <translation>Persistantes : vraies plus de 24 h</translation>
        </message>
        <message>
            <source>Standing alarms at the end</source>
            <translation>Alarmes présentes à la fin</translation>
        </message>
        <message>
            <source>Standing at the end of the period</source>
            <translation>Présentes à la fin de la période</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>Début</translation>
        </message>
        <message>
            <source>State</source>
            <translation>État</translation>
        </message>
        <message>
            <source>Station started</source>
            <translation>Station démarrée</translation>
        </message>
        <message>
            <source>Station stopped</source>
            <translation>Station arrêtée</translation>
        </message>
        <message>
            <source>Stopped.</source>
            <translation>Arrêté.</translation>
        </message>
        <message>
            <source>Sum</source>
            <translation>Cumul</translation>
        </message>
        <message>
            <source>Switch the connection on in project.toml.</source>
            <translation>Activez la connexion dans project.toml.</translation>
        </message>
        <message>
            <source>Switch the controller to RUN.</source>
            <translation>Passez l’automate en RUN.</translation>
        </message>
        <message>
            <source>Switched off in the project.</source>
            <translation>Désactivée dans le projet.</translation>
        </message>
        <message>
            <source>Taken out of service ({})</source>
            <translation>Mise hors service ({})</translation>
        </message>
        <message>
            <source>Target</source>
            <translation>Objectif</translation>
        </message>
        <message>
            <source>Test the connection; look at its frame log.</source>
            <translation>Testez la connexion ; regardez son journal des trames.</translation>
        </message>
        <message>
            <source>The address answers when asked now, but not every {} ms as it should.</source>
            <translation>L’adresse répond quand on l’interroge maintenant, mais pas toutes les {} ms comme elle le devrait.</translation>
        </message>
        <message>
            <source>The alarms named do not come, whatever happens: their equipment is not watched.</source>
            <translation>Les alarmes nommées ne viennent pas, quoi qu’il arrive : leur équipement n’est pas surveillé.</translation>
        </message>
        <message>
            <source>The computer's clock was set {} by {} s</source>
            <translation>L’horloge de l’ordinateur a été réglée de {1} s ({0})</translation>
        </message>
        <message>
            <source>The controller does not answer. {}</source>
            <translation>L’automate ne répond pas. {}</translation>
        </message>
        <message>
            <source>The controller holds {} instead of {}.</source>
            <translation>L’automate contient {} au lieu de {}.</translation>
        </message>
        <message>
            <source>The controller holds {}.</source>
            <translation>L’automate contient {}.</translation>
        </message>
        <message>
            <source>The controller is off, in stop, or the network between it and the station is cut.</source>
            <translation>L’automate est hors tension ou à l’arrêt, ou le réseau entre lui et la station est coupé.</translation>
        </message>
        <message>
            <source>The controller marked the value as {}; it is good now.</source>
            <translation>L’automate a marqué la valeur « {} » ; elle est bonne maintenant.</translation>
        </message>
        <message>
            <source>The controller refused the value: {}</source>
            <translation>L’automate a refusé la valeur : {}</translation>
        </message>
        <message>
            <source>The device answers and all tags are up to date.</source>
            <translation>L’appareil répond et toutes les variables sont à jour.</translation>
        </message>
        <message>
            <source>The device answers.</source>
            <translation>L’appareil répond.</translation>
        </message>
        <message>
            <source>The device answers; no tag is read from it.</source>
            <translation>L’appareil répond ; aucune variable n’y est lue.</translation>
        </message>
        <message>
            <source>The device refused the address before; it answers now, and is polled again in 30 s.</source>
            <translation>L’appareil avait refusé l’adresse ; il répond maintenant et sera réinterrogé dans 30 s.</translation>
        </message>
        <message>
            <source>The device refuses {}: {}.</source>
            <translation>L’appareil refuse {} : {}.</translation>
        </message>
        <message>
            <source>The first connection to the controller is being made.</source>
            <translation>La première connexion à l’automate est en cours.</translation>
        </message>
        <message>
            <source>The first poll has not been answered yet.</source>
            <translation>La première interrogation n’a pas encore reçu de réponse.</translation>
        </message>
        <message>
            <source>The history was damaged ({}). It is kept as {} and a new one was started; 'vigie history repair {}' saves what can be read</source>
            <translation>L’historique était endommagé ({}). Il est gardé sous {} et un nouveau a été commencé ; « vigie history repair {} » sauve ce qui est lisible</translation>
        </message>
        <message>
            <source>The history's server is back; what was kept is handed over</source>
            <translation>Le serveur d’historique est revenu ; ce qui a été gardé lui est remis</translation>
        </message>
        <message>
            <source>The history's server refused {} rows; they are kept in quarantine here</source>
            <translation>Le serveur d’historique a refusé {} {ligne ; elle est gardée|lignes ; elles sont gardées} ici en quarantaine</translation>
        </message>
        <message>
            <source>The most frequent alarms and their cumulative share</source>
            <translation>Les alarmes les plus fréquentes et leur part cumulée</translation>
        </message>
        <message>
            <source>The operators got {} on average: {} by EEMUA 191.</source>
            <translation>Les opérateurs ont reçu en moyenne {} : {} selon EEMUA 191.</translation>
        </message>
        <message>
            <source>The place or size of this element is no number of pixels, or no size above 0.</source>
            <translation>La position ou la taille de cet élément n’est pas un nombre de pixels, ou pas une taille supérieure à 0.</translation>
        </message>
        <message>
            <source>The project has no connection {}.</source>
            <translation>Le projet n’a pas de connexion {}.</translation>
        </message>
        <message>
            <source>The project has no tag {}.</source>
            <translation>Le projet n’a pas de variable {}.</translation>
        </message>
        <message>
            <source>The range is {}.</source>
            <translation>La plage est {}.</translation>
        </message>
        <message>
            <source>The scale ends at {}, which is not above its start, {}.</source>
            <translation>L’échelle finit à {}, qui n’est pas au-dessus de son début, {}.</translation>
        </message>
        <message>
            <source>The station ended without stopping; samples are missing from here on</source>
            <translation>La station s’est terminée sans arrêt normal ; des échantillons manquent à partir d’ici</translation>
        </message>
        <message>
            <source>The station holds {}.</source>
            <translation>La station contient {}.</translation>
        </message>
        <message>
            <source>The station itself holds this value.</source>
            <translation>La station elle-même tient cette valeur.</translation>
        </message>
        <message>
            <source>The station itself holds this value; nobody has written it since the station started.</source>
            <translation>La station elle-même tient cette valeur ; personne ne l’a écrite depuis le démarrage de la station.</translation>
        </message>
        <message>
            <source>The tag is only written, never read.</source>
            <translation>La variable est seulement écrite, jamais lue.</translation>
        </message>
        <message>
            <source>The value is no finite number.</source>
            <translation>La valeur n’est pas un nombre fini.</translation>
        </message>
        <message>
            <source>The value that the station holds.</source>
            <translation>La valeur que tient la station.</translation>
        </message>
        <message>
            <source>Then</source>
            <translation>Ensuite</translation>
        </message>
        <message>
            <source>There is no connection {}.</source>
            <translation>Il n’y a pas de connexion {}.</translation>
        </message>
        <message>
            <source>This element has no id of letters, digits, _ - . and : (a letter, digit or _ first).</source>
            <translation>Cet élément n’a pas d’identifiant fait de lettres, de chiffres, de _ - . et : (d’abord une lettre, un chiffre ou _).</translation>
        </message>
        <message>
            <source>This element names no type.</source>
            <translation>Cet élément n’indique pas de type.</translation>
        </message>
        <message>
            <source>This is no element: an object with id, type, x, y, w and h is expected.</source>
            <translation>Ceci n’est pas un élément : un objet avec id, type, x, y, w et h est attendu.</translation>
        </message>
        <message>
            <source>This repeater holds no elements yet that could be repeated.</source>
            <translation>Ce répéteur ne contient encore aucun élément à répéter.</translation>
        </message>
        <message>
            <source>This screen has more than {} elements; the first ones are shown. Divide it.</source>
            <translation>Cette vue a plus de {} éléments ; les premiers sont affichés. Divisez-la.</translation>
        </message>
        <message>
            <source>This tab has no pages yet.</source>
            <translation>Cet onglet n’a pas encore de pages.</translation>
        </message>
        <message>
            <source>Time in flood</source>
            <translation>Temps en avalanche</translation>
        </message>
        <message>
            <source>Times</source>
            <translation>Fois</translation>
        </message>
        <message>
            <source>Times are in {}.</source>
            <translation>Les heures sont en {}.</translation>
        </message>
        <message>
            <source>To ack.</source>
            <translation>Acquit.</translation>
        </message>
        <message>
            <source>Top {}</source>
            <translation>Les {} premières</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valeur</translation>
        </message>
        <message>
            <source>Verdict</source>
            <translation>Verdict</translation>
        </message>
        <message>
            <source>Vigie writes no {}</source>
            <translation>Vigie n’écrit pas de {}</translation>
        </message>
        <message>
            <source>Wait a moment.</source>
            <translation>Attendez un instant.</translation>
        </message>
        <message>
            <source>Watch the equipment by other means; have the instrument repaired.</source>
            <translation>Surveillez l’équipement autrement ; faites réparer l’instrument.</translation>
        </message>
        <message>
            <source>Write a value.</source>
            <translation>Écrivez une valeur.</translation>
        </message>
        <message>
            <source>a Modbus device cannot list its addresses</source>
            <translation>un appareil Modbus ne peut pas lister ses adresses</translation>
        </message>
        <message>
            <source>a PDU size of {} bytes</source>
            <translation>une taille de PDU de {} {octet|octets}</translation>
        </message>
        <message>
            <source>a byte text</source>
            <translation>un texte d’octets</translation>
        </message>
        <message>
            <source>a change needs a reason (ALM-22)</source>
            <translation>un changement exige un motif (ALM-22)</translation>
        </message>
        <message>
            <source>a decision about a certificate needs a reason</source>
            <translation>une décision sur un certificat exige un motif</translation>
        </message>
        <message>
            <source>a dot is only allowed inside a tag path</source>
            <translation>un point n’est permis qu’à l’intérieur d’un chemin de variable</translation>
        </message>
        <message>
            <source>a frame's columns are cut off: {}</source>
            <translation>les colonnes d’une trame sont tronquées : {}</translation>
        </message>
        <message>
            <source>a frame's columns differ in length</source>
            <translation>les colonnes d’une trame diffèrent en longueur</translation>
        </message>
        <message>
            <source>a number</source>
            <translation>un nombre</translation>
        </message>
        <message>
            <source>a request names at most {} alarms</source>
            <translation>une requête nomme au plus {} {alarme|alarmes}</translation>
        </message>
        <message>
            <source>a scaling needs ranges with a width: {}</source>
            <translation>une mise à l’échelle exige des plages non vides : {}</translation>
        </message>
        <message>
            <source>a screen is laid out once, when it opens</source>
            <translation>une vue est disposée une seule fois, à son ouverture</translation>
        </message>
        <message>
            <source>a second Hello in one session</source>
            <translation>un second Hello dans une session</translation>
        </message>
        <message>
            <source>a substitute, not measured</source>
            <translation>une valeur de substitution, non mesurée</translation>
        </message>
        <message>
            <source>a text</source>
            <translation>un texte</translation>
        </message>
        <message>
            <source>a text frame; messages are binary</source>
            <translation>une trame texte ; les messages sont binaires</translation>
        </message>
        <message>
            <source>a value</source>
            <translation>une valeur</translation>
        </message>
        <message>
            <source>a write was not confirmed by one return code</source>
            <translation>une écriture n’a pas été confirmée par un code retour</translation>
        </message>
        <message>
            <source>above</source>
            <translation>au-dessus de</translation>
        </message>
        <message>
            <source>above target</source>
            <translation>au-dessus de l’objectif</translation>
        </message>
        <message>
            <source>access is denied</source>
            <translation>accès refusé</translation>
        </message>
        <message>
            <source>acknowledge alarms</source>
            <translation>acquitter des alarmes</translation>
        </message>
        <message>
            <source>admin</source>
            <translation>administrateur</translation>
        </message>
        <message>
            <source>alarms</source>
            <translation>alarmes</translation>
        </message>
        <message>
            <source>alarms of class {} are acknowledged with a comment</source>
            <translation>les alarmes de classe {} s’acquittent avec un commentaire</translation>
        </message>
        <message>
            <source>alarms without a usable input</source>
            <translation>alarmes sans entrée utilisable</translation>
        </message>
        <message>
            <source>allowed are tag paths, numbers, texts, True, False, + - * / // % **, comparisons, and or not, 'a if condition else b'</source>
            <translation>sont permis chemins de variables, nombres, textes, True, False, + - * / // % **, comparaisons, and or not, « a if condition else b »</translation>
        </message>
        <message>
            <source>an S7 controller cannot list its addresses</source>
            <translation>un automate S7 ne peut pas lister ses adresses</translation>
        </message>
        <message>
            <source>an alarm is looked for without values</source>
            <translation>une alarme se cherche sans les valeurs</translation>
        </message>
        <message>
            <source>an array</source>
            <translation>un tableau</translation>
        </message>
        <message>
            <source>an array of bits can be written only when it fills its bytes</source>
            <translation>un tableau de bits ne peut être écrit que s’il remplit ses octets</translation>
        </message>
        <message>
            <source>an array of {} members in {} bytes</source>
            <translation>un tableau de {} {membre|membres} en {} {octet|octets}</translation>
        </message>
        <message>
            <source>an array of {} values</source>
            <translation>un tableau de {} {valeur|valeurs}</translation>
        </message>
        <message>
            <source>an array of {} values in {} bytes</source>
            <translation>un tableau de {} {valeur|valeurs} en {} {octet|octets}</translation>
        </message>
        <message>
            <source>an assignment</source>
            <translation>une affectation</translation>
        </message>
        <message>
            <source>an exception without a code</source>
            <translation>une exception sans code</translation>
        </message>
        <message>
            <source>an f-text</source>
            <translation>un texte f</translation>
        </message>
        <message>
            <source>an imaginary number</source>
            <translation>un nombre imaginaire</translation>
        </message>
        <message>
            <source>an index in brackets</source>
            <translation>un indice entre crochets</translation>
        </message>
        <message>
            <source>an initial value that nobody has written yet</source>
            <translation>une valeur initiale que personne n’a encore écrite</translation>
        </message>
        <message>
            <source>an unknown algorithm</source>
            <translation>un algorithme inconnu</translation>
        </message>
        <message>
            <source>any: action plan</source>
            <translation>sinon : plan d’action</translation>
        </message>
        <message>
            <source>arguments are given by position only</source>
            <translation>les arguments se donnent seulement par position</translation>
        </message>
        <message>
            <source>as {} you may shelve at most {} h (ALM-12)</source>
            <translation>en tant que {}, vous pouvez mettre en attente au plus {} h (ALM-12)</translation>
        </message>
        <message>
            <source>asking for a lost message</source>
            <translation>demande d’un message perdu</translation>
        </message>
        <message>
            <source>asking for an alarm</source>
            <translation>demande d’une alarme</translation>
        </message>
        <message>
            <source>asking for lost events</source>
            <translation>demande d’événements perdus</translation>
        </message>
        <message>
            <source>back</source>
            <translation>en arrière</translation>
        </message>
        <message>
            <source>back-test {} to {}: {} activations become {}, {} missed, at most {} s later, floods {} become {}</source>
            <translation>rejeu du {} au {} : apparitions : {}, puis {}, manquées : {}, au plus {} s plus tard, avalanches : {}, puis {}</translation>
        </message>
        <message>
            <source>bad</source>
            <translation>mauvaise</translation>
        </message>
        <message>
            <source>bad value</source>
            <translation>valeur mauvaise</translation>
        </message>
        <message>
            <source>below</source>
            <translation>au-dessous de</translation>
        </message>
        <message>
            <source>bit {} of {}</source>
            <translation>bit {} de {}</translation>
        </message>
        <message>
            <source>blind alarms</source>
            <translation>alarmes aveugles</translation>
        </message>
        <message>
            <source>by {}</source>
            <translation>par {}</translation>
        </message>
        <message>
            <source>came and went within 10 s; a delay keeps such alarms from the operator</source>
            <translation>apparues et disparues en moins de 10 s ; une temporisation les épargne à l’opérateur</translation>
        </message>
        <message>
            <source>change alarm settings</source>
            <translation>changer les réglages d’alarme</translation>
        </message>
        <message>
            <source>change that one</source>
            <translation>changez celle-là</translation>
        </message>
        <message>
            <source>changes too fast</source>
            <translation>variation trop rapide</translation>
        </message>
        <message>
            <source>chattered (3 or more times within 60 s); a deadband or a delay ends that</source>
            <translation>battantes (3 fois ou plus en 60 s) ; un hystérésis ou une temporisation y met fin</translation>
        </message>
        <message>
            <source>column {}: the character {} is not allowed; write one plain line</source>
            <translation>colonne {} : le caractère {} n’est pas permis ; écrivez une ligne simple</translation>
        </message>
        <message>
            <source>column {}: this is no expression ({}); {}</source>
            <translation>colonne {} : ce n’est pas une expression ({}) ; {}</translation>
        </message>
        <message>
            <source>column {}: {}</source>
            <translation>colonne {} : {}</translation>
        </message>
        <message>
            <source>communication lost</source>
            <translation>communication perdue</translation>
        </message>
        <message>
            <source>condition true</source>
            <translation>condition vraie</translation>
        </message>
        <message>
            <source>connected</source>
            <translation>connectée</translation>
        </message>
        <message>
            <source>connecting</source>
            <translation>en cours de connexion</translation>
        </message>
        <message>
            <source>connection lost</source>
            <translation>connexion perdue</translation>
        </message>
        <message>
            <source>connection {} is lost</source>
            <translation>la connexion {} est perdue</translation>
        </message>
        <message>
            <source>creating a subscription</source>
            <translation>création d’un abonnement</translation>
        </message>
        <message>
            <source>creating monitored items</source>
            <translation>création des éléments surveillés</translation>
        </message>
        <message>
            <source>days</source>
            <translation>jours</translation>
        </message>
        <message>
            <source>decide which devices are trusted</source>
            <translation>décider quels appareils sont approuvés</translation>
        </message>
        <message>
            <source>degraded</source>
            <translation>dégradée</translation>
        </message>
        <message>
            <source>deviates</source>
            <translation>écart</translation>
        </message>
        <message>
            <source>disabled</source>
            <translation>désactivée</translation>
        </message>
        <message>
            <source>discrete inputs</source>
            <translation>entrées TOR</translation>
        </message>
        <message>
            <source>disk I/O error</source>
            <translation>erreur d’entrée/sortie disque</translation>
        </message>
        <message>
            <source>does not follow its command</source>
            <translation>ne suit pas sa commande</translation>
        </message>
        <message>
            <source>enable or disable that one</source>
            <translation>activez ou désactivez celle-là</translation>
        </message>
        <message>
            <source>engineer</source>
            <translation>ingénieur</translation>
        </message>
        <message>
            <source>expected 0 or 1 (false or true), got {}</source>
            <translation>attendu 0 ou 1 (faux ou vrai), reçu {}</translation>
        </message>
        <message>
            <source>expected a finite number, got {}</source>
            <translation>attendu un nombre fini, reçu {}</translation>
        </message>
        <message>
            <source>expected a name of letters, digits and _</source>
            <translation>attendu un nom de lettres, chiffres et _</translation>
        </message>
        <message>
            <source>expected a number</source>
            <translation>attendu un nombre</translation>
        </message>
        <message>
            <source>expected a number not below 0</source>
            <translation>attendu un nombre non négatif</translation>
        </message>
        <message>
            <source>expected a number, got the text {}</source>
            <translation>attendu un nombre, reçu le texte {}</translation>
        </message>
        <message>
            <source>expected a text, got {}</source>
            <translation>attendu un texte, reçu {}</translation>
        </message>
        <message>
            <source>expected a type of this project ({}), or an empty text for any part</source>
            <translation>attendu un type de ce projet ({}), ou un texte vide pour toute partie</translation>
        </message>
        <message>
            <source>expected a url such as opc.tcp://192.168.0.10:4840, got {}</source>
            <translation>attendu une URL telle que opc.tcp://192.168.0.10:4840, reçu {}</translation>
        </message>
        <message>
            <source>expected a whole number, got {}</source>
            <translation>attendu un nombre entier, reçu {}</translation>
        </message>
        <message>
            <source>expected an array of {} values, got one value</source>
            <translation>attendu un tableau de {} {valeur|valeurs}, reçu une valeur</translation>
        </message>
        <message>
            <source>expected an array of {} values, got {}</source>
            <translation>attendu un tableau de {} {valeur|valeurs}, reçu {}</translation>
        </message>
        <message>
            <source>expected an expression, or an empty text for none</source>
            <translation>attendu une expression, ou un texte vide pour aucune</translation>
        </message>
        <message>
            <source>expected at most {} s</source>
            <translation>attendu au plus {} s</translation>
        </message>
        <message>
            <source>expected names with types, such as {"motor": "Motor"}</source>
            <translation>attendu des noms avec types, tels que {"motor": "Motor"}</translation>
        </message>
        <message>
            <source>expected one register, the device sent {} bytes</source>
            <translation>attendu un registre, l’appareil a envoyé {} {octet|octets}</translation>
        </message>
        <message>
            <source>expected one value, got an array</source>
            <translation>attendu une valeur, reçu un tableau</translation>
        </message>
        <message>
            <source>expected true or false</source>
            <translation>attendu vrai ou faux</translation>
        </message>
        <message>
            <source>expected {}</source>
            <translation>attendu {}</translation>
        </message>
        <message>
            <source>expected {} bytes of values, the controller sent {}</source>
            <translation>attendu {} {octet|octets} de valeurs, l’automate en a envoyé {}</translation>
        </message>
        <message>
            <source>expected {} bytes, the controller tells of {}</source>
            <translation>attendu {} {octet|octets}, l’automate en annonce {}</translation>
        </message>
        <message>
            <source>expected {} bytes, the device sent {}</source>
            <translation>attendu {} {octet|octets}, l’appareil en a envoyé {}</translation>
        </message>
        <message>
            <source>expected {}, got the text {}</source>
            <translation>attendu {}, reçu le texte {}</translation>
        </message>
        <message>
            <source>exponents go from -{} to {}</source>
            <translation>les exposants vont de -{} à {}</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>échoué</translation>
        </message>
        <message>
            <source>falls by</source>
            <translation>baisse de</translation>
        </message>
        <message>
            <source>forward</source>
            <translation>en avant</translation>
        </message>
        <message>
            <source>function {} for the {} {} of unit {}</source>
            <translation>fonction {} pour les {} {} de l’esclave {}</translation>
        </message>
        <message>
            <source>function {} was answered by function {}</source>
            <translation>la fonction {} a reçu pour réponse la fonction {}</translation>
        </message>
        <message>
            <source>functions are {}</source>
            <translation>les fonctions sont {}</translation>
        </message>
        <message>
            <source>good</source>
            <translation>bonne</translation>
        </message>
        <message>
            <source>held at the end of its range</source>
            <translation>retenue au bout de sa plage</translation>
        </message>
        <message>
            <source>high</source>
            <translation>haut</translation>
        </message>
        <message>
            <source>history is kept by tag</source>
            <translation>l’historique est tenu par variable</translation>
        </message>
        <message>
            <source>history_url in project.toml is no URL of a database, such as sqlite:///C:/history.db or postgresql://user@host/name</source>
            <translation>history_url dans project.toml n’est pas une URL de base de données telle que sqlite:///C:/history.db ou postgresql://user@host/name</translation>
        </message>
        <message>
            <source>holding registers</source>
            <translation>registres de maintien</translation>
        </message>
        <message>
            <source>indicative</source>
            <translation>indicatif</translation>
        </message>
        <message>
            <source>input registers</source>
            <translation>registres d’entrée</translation>
        </message>
        <message>
            <source>is no instance of a type</source>
            <translation>n’est pas une instance d’un type</translation>
        </message>
        <message>
            <source>is of type {}</source>
            <translation>est de type {}</translation>
        </message>
        <message>
            <source>it came after what was seen</source>
            <translation>elle est venue après ce qui a été vu</translation>
        </message>
        <message>
            <source>it came again or is over since it was seen</source>
            <translation>elle est revenue ou a disparu depuis qu’elle a été vue</translation>
        </message>
        <message>
            <source>it came again since it was seen</source>
            <translation>elle est revenue depuis qu’elle a été vue</translation>
        </message>
        <message>
            <source>it cannot be read</source>
            <translation>elle ne peut pas être lue</translation>
        </message>
        <message>
            <source>it is disabled at the server</source>
            <translation>elle est désactivée dans le serveur</translation>
        </message>
        <message>
            <source>it is of another type</source>
            <translation>elle est d’un autre type</translation>
        </message>
        <message>
            <source>it is read once, when the screen opens</source>
            <translation>elle est lue une seule fois, à l’ouverture de la vue</translation>
        </message>
        <message>
            <source>it is written to, and only a tag can be</source>
            <translation>on y écrit, ce qui n’est possible que pour une variable</translation>
        </message>
        <message>
            <source>it refuses to agree on a PDU size ({})</source>
            <translation>il refuse de convenir d’une taille de PDU ({})</translation>
        </message>
        <message>
            <source>its bytes make no value of this type</source>
            <translation>ses octets ne forment pas une valeur de ce type</translation>
        </message>
        <message>
            <source>its state at the server does not allow it now</source>
            <translation>son état dans le serveur ne le permet pas maintenant</translation>
        </message>
        <message>
            <source>likely over-demanding</source>
            <translation>probablement excessif</translation>
        </message>
        <message>
            <source>logged or alarmed tag</source>
            <translation>variable historisée ou en alarme</translation>
        </message>
        <message>
            <source>looking for a method</source>
            <translation>recherche d’une méthode</translation>
        </message>
        <message>
            <source>low</source>
            <translation>bas</translation>
        </message>
        <message>
            <source>maintenance</source>
            <translation>maintenance</translation>
        </message>
        <message>
            <source>manageable</source>
            <translation>maîtrisable</translation>
        </message>
        <message>
            <source>memory fault</source>
            <translation>défaut mémoire</translation>
        </message>
        <message>
            <source>memory of this station</source>
            <translation>mémoire de cette station</translation>
        </message>
        <message>
            <source>met</source>
            <translation>tenu</translation>
        </message>
        <message>
            <source>no Modbus address</source>
            <translation>pas une adresse Modbus</translation>
        </message>
        <message>
            <source>no S7 address</source>
            <translation>pas une adresse S7</translation>
        </message>
        <message>
            <source>no activation in this period</source>
            <translation>aucune apparition dans cette période</translation>
        </message>
        <message>
            <source>no alarm event has this id, or it is long over</source>
            <translation>aucun événement d’alarme n’a cet identifiant, ou il est passé depuis longtemps</translation>
        </message>
        <message>
            <source>no alarm has this id</source>
            <translation>aucune alarme n’a cet identifiant</translation>
        </message>
        <message>
            <source>no answer</source>
            <translation>pas de réponse</translation>
        </message>
        <message>
            <source>no answer in time</source>
            <translation>pas de réponse à temps</translation>
        </message>
        <message>
            <source>no certificate has</source>
            <translation>aucun certificat n’a</translation>
        </message>
        <message>
            <source>no data</source>
            <translation>pas de données</translation>
        </message>
        <message>
            <source>no finite or allowed number, for example a division by zero</source>
            <translation>pas un nombre fini ou permis, par exemple une division par zéro</translation>
        </message>
        <message>
            <source>no good value for {} s, {}</source>
            <translation>pas de bonne valeur depuis {} s, {}</translation>
        </message>
        <message>
            <source>no longer defined</source>
            <translation>n’est plus définie</translation>
        </message>
        <message>
            <source>no security</source>
            <translation>sans sécurité</translation>
        </message>
        <message>
            <source>no setting is called {}; there are: {}</source>
            <translation>aucun réglage ne s’appelle {} ; il y a : {}</translation>
        </message>
        <message>
            <source>no tag has the id {}</source>
            <translation>aucune variable n’a l’identifiant {}</translation>
        </message>
        <message>
            <source>no tag has the path {}</source>
            <translation>aucune variable n’a le chemin {}</translation>
        </message>
        <message>
            <source>no tag has the path {}; write {} for the truth value</source>
            <translation>aucune variable n’a le chemin {} ; écrivez {} pour la valeur logique</translation>
        </message>
        <message>
            <source>no tag has the path {}{}</source>
            <translation>aucune variable n’a le chemin {}{}</translation>
        </message>
        <message>
            <source>no tags subscribed</source>
            <translation>aucune variable abonnée</translation>
        </message>
        <message>
            <source>no update</source>
            <translation>pas de mise à jour</translation>
        </message>
        <message>
            <source>no value</source>
            <translation>pas de valeur</translation>
        </message>
        <message>
            <source>no value has come yet</source>
            <translation>aucune valeur n’est encore arrivée</translation>
        </message>
        <message>
            <source>none</source>
            <translation>aucune</translation>
        </message>
        <message>
            <source>not a Vigie client</source>
            <translation>pas un client Vigie</translation>
        </message>
        <message>
            <source>not a message for a client: {}</source>
            <translation>pas un message pour un client : {}</translation>
        </message>
        <message>
            <source>not a message for a station: {}</source>
            <translation>pas un message pour une station : {}</translation>
        </message>
        <message>
            <source>not connected</source>
            <translation>non connecté</translation>
        </message>
        <message>
            <source>not sent: {} is {}</source>
            <translation>non envoyé : {} est {}</translation>
        </message>
        <message>
            <source>nothing: the server has no namespace of {}</source>
            <translation>rien : le serveur n’a pas l’espace de noms de {}</translation>
        </message>
        <message>
            <source>of type {}</source>
            <translation>de type {}</translation>
        </message>
        <message>
            <source>off normal</source>
            <translation>anormal</translation>
        </message>
        <message>
            <source>one of {}</source>
            <translation>l’un de {}</translation>
        </message>
        <message>
            <source>one of {}, such as {}</source>
            <translation>l’un de {}, par exemple {}</translation>
        </message>
        <message>
            <source>one value</source>
            <translation>une valeur</translation>
        </message>
        <message>
            <source>only a {} may shelve it (ALM-14)</source>
            <translation>seul un {} peut la mettre en attente (ALM-14)</translation>
        </message>
        <message>
            <source>only the functions themselves can be called</source>
            <translation>seules les fonctions elles-mêmes peuvent être appelées</translation>
        </message>
        <message>
            <source>operator</source>
            <translation>opérateur</translation>
        </message>
        <message>
            <source>other settings run now than those that were compared: run the back-test again</source>
            <translation>d’autres réglages sont actifs que ceux comparés : relancez le rejeu</translation>
        </message>
        <message>
            <source>out of service</source>
            <translation>hors service</translation>
        </message>
        <message>
            <source>outside its range</source>
            <translation>hors de sa plage</translation>
        </message>
        <message>
            <source>overloaded</source>
            <translation>surchargé</translation>
        </message>
        <message>
            <source>parts such as {"rotor": {"fill": "running"}} with {}</source>
            <translation>des parties telles que {"rotor": {"fill": "running"}} avec {}</translation>
        </message>
        <message>
            <source>per 10 min</source>
            <translation>par 10 min</translation>
        </message>
        <message>
            <source>pixel columns are cut off: {}</source>
            <translation>colonnes de pixels tronquées : {}</translation>
        </message>
        <message>
            <source>predictive</source>
            <translation>prédictif</translation>
        </message>
        <message>
            <source>reactive</source>
            <translation>réactif</translation>
        </message>
        <message>
            <source>read of bytes {} to {} of DB{}</source>
            <translation>lecture des octets {} à {} de DB{}</translation>
        </message>
        <message>
            <source>read of {}B{} to {}B{}</source>
            <translation>lecture de {}B{} à {}B{}</translation>
        </message>
        <message>
            <source>read of {}{} to {}{}</source>
            <translation>lecture de {}{} à {}{}</translation>
        </message>
        <message>
            <source>refreshing the alarms</source>
            <translation>rafraîchissement des alarmes</translation>
        </message>
        <message>
            <source>refused with status 0x{}</source>
            <translation>refusée avec le statut 0x{}</translation>
        </message>
        <message>
            <source>remove from service</source>
            <translation>mettre hors service</translation>
        </message>
        <message>
            <source>renewing the channel</source>
            <translation>renouvellement du canal</translation>
        </message>
        <message>
            <source>reset alarms</source>
            <translation>réarmer des alarmes</translation>
        </message>
        <message>
            <source>return to service</source>
            <translation>remettre en service</translation>
        </message>
        <message>
            <source>rises by</source>
            <translation>monte de</translation>
        </message>
        <message>
            <source>robust</source>
            <translation>robuste</translation>
        </message>
        <message>
            <source>screen or faceplate</source>
            <translation>vue ou face-avant</translation>
        </message>
        <message>
            <source>shelve alarms</source>
            <translation>mettre des alarmes en attente</translation>
        </message>
        <message>
            <source>shelve for a time</source>
            <translation>mettre en attente pour un temps</translation>
        </message>
        <message>
            <source>shelve once</source>
            <translation>mettre en attente une fois</translation>
        </message>
        <message>
            <source>shelving lasts</source>
            <translation>une mise en attente dure</translation>
        </message>
        <message>
            <source>shelving lasts longer than 0 s</source>
            <translation>une mise en attente dure plus de 0 s</translation>
        </message>
        <message>
            <source>shelving lasts more than 0 and at most {} h</source>
            <translation>une mise en attente dure plus de 0 et au plus {} h</translation>
        </message>
        <message>
            <source>shelving needs a reason</source>
            <translation>une mise en attente exige un motif</translation>
        </message>
        <message>
            <source>speed, current or power</source>
            <translation>vitesse, courant ou puissance</translation>
        </message>
        <message>
            <source>stable</source>
            <translation>stable</translation>
        </message>
        <message>
            <source>stale</source>
            <translation>persistante</translation>
        </message>
        <message>
            <source>station started</source>
            <translation>station démarrée</translation>
        </message>
        <message>
            <source>stood for more than 24 h; solve or suppress them by design, or they hide new ones</source>
            <translation>présentes plus de 24 h ; à résoudre ou à inhiber par conception, car elles cachent les nouvelles</translation>
        </message>
        <message>
            <source>stop the station</source>
            <translation>arrêter la station</translation>
        </message>
        <message>
            <source>subscribing to events</source>
            <translation>abonnement aux événements</translation>
        </message>
        <message>
            <source>supervisor</source>
            <translation>superviseur</translation>
        </message>
        <message>
            <source>switched off in the project</source>
            <translation>désactivée dans le projet</translation>
        </message>
        <message>
            <source>tag paths have at most {} characters</source>
            <translation>les chemins de variables ont au plus {} {caractère|caractères}</translation>
        </message>
        <message>
            <source>take alarms out of service</source>
            <translation>mettre des alarmes hors service</translation>
        </message>
        <message>
            <source>taking an alarm out of service needs a reason and the work order</source>
            <translation>mettre une alarme hors service exige un motif et le bon de travail</translation>
        </message>
        <message>
            <source>test connections</source>
            <translation>tester les connexions</translation>
        </message>
        <message>
            <source>texts by number such as {"0": "Closed", "1": "Open"}</source>
            <translation>des textes par numéro tels que {"0": "Closed", "1": "Open"}</translation>
        </message>
        <message>
            <source>the address is beyond the end of the area</source>
            <translation>l’adresse est au-delà de la fin de la zone</translation>
        </message>
        <message>
            <source>the answer belongs to another request</source>
            <translation>la réponse appartient à une autre requête</translation>
        </message>
        <message>
            <source>the answer is no S7 acknowledgement</source>
            <translation>la réponse n’est pas un acquittement S7</translation>
        </message>
        <message>
            <source>the answer is shorter than it says</source>
            <translation>la réponse est plus courte qu’annoncé</translation>
        </message>
        <message>
            <source>the answer to the PDU size is too short</source>
            <translation>la réponse à la taille de PDU est trop courte</translation>
        </message>
        <message>
            <source>the back-test failed by a fault of Vigie; see the station's log</source>
            <translation>le rejeu a échoué par un défaut de Vigie ; voir le journal de la station</translation>
        </message>
        <message>
            <source>the block does not exist or has optimised access; switch that off in the block's properties, or use the controller's OPC UA server</source>
            <translation>le bloc n’existe pas ou est à accès optimisé ; désactivez cela dans les propriétés du bloc, ou utilisez le serveur OPC UA de l’automate</translation>
        </message>
        <message>
            <source>the class {} keeps it in service (ALM-14)</source>
            <translation>la classe {} la maintient en service (ALM-14)</translation>
        </message>
        <message>
            <source>the connection to {} is lost</source>
            <translation>la connexion à {} est perdue</translation>
        </message>
        <message>
            <source>the connection to {} is lost ({})</source>
            <translation>la connexion à {} est perdue ({})</translation>
        </message>
        <message>
            <source>the controller answered with the return code 0x{}</source>
            <translation>l’automate a répondu avec le code retour 0x{}</translation>
        </message>
        <message>
            <source>the controller denies access</source>
            <translation>l’automate refuse l’accès</translation>
        </message>
        <message>
            <source>the controller does not support this data type here</source>
            <translation>l’automate n’accepte pas ce type de donnée ici</translation>
        </message>
        <message>
            <source>the controller gives {} characters, there is room for {}</source>
            <translation>l’automate donne {} {caractère|caractères}, il y a de la place pour {}</translation>
        </message>
        <message>
            <source>the controller refuses access: allow PUT/GET communication in the CPU's protection settings, or use the controller's OPC UA server</source>
            <translation>l’automate refuse l’accès : autorisez la communication PUT/GET dans les réglages de protection de la CPU, ou utilisez le serveur OPC UA de l’automate</translation>
        </message>
        <message>
            <source>the controller reports a hardware fault</source>
            <translation>l’automate signale un défaut matériel</translation>
        </message>
        <message>
            <source>the data type does not fit the address</source>
            <translation>le type de donnée ne correspond pas à l’adresse</translation>
        </message>
        <message>
            <source>the device answered with the unknown exception {}</source>
            <translation>l’appareil a répondu par l’exception inconnue {}</translation>
        </message>
        <message>
            <source>the device cannot do this</source>
            <translation>l’appareil ne peut pas faire cela</translation>
        </message>
        <message>
            <source>the device did not answer a ping within {} s</source>
            <translation>l’appareil n’a pas répondu à un ping en {} s</translation>
        </message>
        <message>
            <source>the device does not answer</source>
            <translation>l’appareil ne répond pas</translation>
        </message>
        <message>
            <source>the device does not know this function</source>
            <translation>l’appareil ne connaît pas cette fonction</translation>
        </message>
        <message>
            <source>the device has no such address</source>
            <translation>l’appareil n’a pas cette adresse</translation>
        </message>
        <message>
            <source>the device is busy</source>
            <translation>l’appareil est occupé</translation>
        </message>
        <message>
            <source>the device needs longer for this request</source>
            <translation>l’appareil a besoin de plus de temps pour cette requête</translation>
        </message>
        <message>
            <source>the device or the project is configured otherwise; no such address</source>
            <translation>l’appareil ou le projet est configuré autrement ; cette adresse n’existe pas</translation>
        </message>
        <message>
            <source>the device refuses this value or number of registers</source>
            <translation>l’appareil refuse cette valeur ou ce nombre de registres</translation>
        </message>
        <message>
            <source>the device reports a failure</source>
            <translation>l’appareil signale une panne</translation>
        </message>
        <message>
            <source>the device reports a memory parity error</source>
            <translation>l’appareil signale une erreur de parité mémoire</translation>
        </message>
        <message>
            <source>the device retains it no longer</source>
            <translation>l’appareil ne la retient plus</translation>
        </message>
        <message>
            <source>the device retains no such alarm any more</source>
            <translation>l’appareil ne retient plus cette alarme</translation>
        </message>
        <message>
            <source>the device's certificate is no longer trusted</source>
            <translation>le certificat de l’appareil n’est plus approuvé</translation>
        </message>
        <message>
            <source>the diagnosis failed by a fault of Vigie; see the log</source>
            <translation>le diagnostic a échoué par un défaut de Vigie ; voir le journal</translation>
        </message>
        <message>
            <source>the driver cancelled its own work</source>
            <translation>le pilote a annulé son propre travail</translation>
        </message>
        <message>
            <source>the driver did not connect within {} s</source>
            <translation>le pilote ne s’est pas connecté en {} s</translation>
        </message>
        <message>
            <source>the driver stopped delivering values</source>
            <translation>le pilote ne fournit plus de valeurs</translation>
        </message>
        <message>
            <source>the expression has more than {} parts; split it into several tags</source>
            <translation>l’expression a plus de {} parties ; répartissez-la sur plusieurs variables</translation>
        </message>
        <message>
            <source>the expression has {} characters, at most {} are allowed</source>
            <translation>l’expression a {} {caractère|caractères}, {} au plus sont permis</translation>
        </message>
        <message>
            <source>the expression is empty; write for example Tank1.Level * 100</source>
            <translation>l’expression est vide ; écrivez par exemple Tank1.Level * 100</translation>
        </message>
        <message>
            <source>the expression is nested more than {} deep</source>
            <translation>l’expression est imbriquée sur plus de {} niveaux</translation>
        </message>
        <message>
            <source>the expression is nested too deeply</source>
            <translation>l’expression est trop imbriquée</translation>
        </message>
        <message>
            <source>the file is no certificate ({})</source>
            <translation>le fichier n’est pas un certificat ({})</translation>
        </message>
        <message>
            <source>the gateway has no path to the unit</source>
            <translation>la passerelle n’a pas de chemin vers l’esclave</translation>
        </message>
        <message>
            <source>the history cannot be opened: history_url in project.toml asks for {}, which is unknown or not installed ({})</source>
            <translation>l’historique ne peut pas être ouvert : history_url dans project.toml demande {}, qui est inconnu ou non installé ({})</translation>
        </message>
        <message>
            <source>the history cannot be opened: {}</source>
            <translation>l’historique ne peut pas être ouvert : {}</translation>
        </message>
        <message>
            <source>the history cannot be read: {}</source>
            <translation>l’historique est illisible : {}</translation>
        </message>
        <message>
            <source>the history is closed</source>
            <translation>l’historique est fermé</translation>
        </message>
        <message>
            <source>the history {} cannot be opened: {}</source>
            <translation>l’historique {} ne peut pas être ouvert : {}</translation>
        </message>
        <message>
            <source>the history {} cannot be read: {}</source>
            <translation>l’historique {} est illisible : {}</translation>
        </message>
        <message>
            <source>the history {} has the older format {}: start its station once to upgrade it</source>
            <translation>l’historique {} est dans l’ancien format {} : démarrez une fois sa station pour le convertir</translation>
        </message>
        <message>
            <source>the history's server cannot be reached; everything is kept here until it can</source>
            <translation>le serveur d’historique est injoignable ; tout est gardé ici en attendant</translation>
        </message>
        <message>
            <source>the last value; no newer one came in time</source>
            <translation>la dernière valeur ; aucune plus récente n’est venue à temps</translation>
        </message>
        <message>
            <source>the memory driver is not connected</source>
            <translation>le pilote mémoire n’est pas connecté</translation>
        </message>
        <message>
            <source>the memory driver was closed</source>
            <translation>le pilote mémoire a été fermé</translation>
        </message>
        <message>
            <source>the memory driver was told to fail: {}</source>
            <translation>le pilote mémoire a reçu l’ordre d’échouer : {}</translation>
        </message>
        <message>
            <source>the node holds {}</source>
            <translation>le nœud contient {}</translation>
        </message>
        <message>
            <source>the node's name is not valid</source>
            <translation>le nom du nœud n’est pas valide</translation>
        </message>
        <message>
            <source>the number is too large</source>
            <translation>le nombre est trop grand</translation>
        </message>
        <message>
            <source>the period ends before it begins</source>
            <translation>la période finit avant de commencer</translation>
        </message>
        <message>
            <source>the query failed by a fault of Vigie; see the log</source>
            <translation>la requête a échoué par un défaut de Vigie ; voir le journal</translation>
        </message>
        <message>
            <source>the query took longer than {} s: ask for a shorter period or fewer tags</source>
            <translation>la requête a pris plus de {} s : demandez une période plus courte ou moins de variables</translation>
        </message>
        <message>
            <source>the query was cancelled</source>
            <translation>la requête a été annulée</translation>
        </message>
        <message>
            <source>the rate at which the value changes is above zero, got {}</source>
            <translation>la vitesse de variation est supérieure à zéro, reçu {}</translation>
        </message>
        <message>
            <source>the sensor has failed</source>
            <translation>le capteur est en panne</translation>
        </message>
        <message>
            <source>the sensor is not accurate</source>
            <translation>le capteur n’est pas précis</translation>
        </message>
        <message>
            <source>the server answered {}</source>
            <translation>le serveur a répondu {}</translation>
        </message>
        <message>
            <source>the server cannot report the alarms that it retains{}; only those that change from now on are known</source>
            <translation>le serveur ne peut pas rendre compte des alarmes qu’il retient{} ; seules celles qui changent désormais sont connues</translation>
        </message>
        <message>
            <source>the server does not allow it to the user of this connection</source>
            <translation>le serveur ne le permet pas à l’utilisateur de cette connexion</translation>
        </message>
        <message>
            <source>the server does not allow shelving for so long</source>
            <translation>le serveur ne permet pas une mise en attente si longue</translation>
        </message>
        <message>
            <source>the server does not finish reporting the alarms that it retains</source>
            <translation>le serveur n’achève pas le compte rendu des alarmes qu’il retient</translation>
        </message>
        <message>
            <source>the server does not have it as shelved</source>
            <translation>le serveur ne l’a pas en attente</translation>
        </message>
        <message>
            <source>the server does not offer to {} it</source>
            <translation>le serveur n’offre pas de la {}</translation>
        </message>
        <message>
            <source>the server ended the subscription: {}</source>
            <translation>le serveur a mis fin à l’abonnement : {}</translation>
        </message>
        <message>
            <source>the server has been silent for {} s</source>
            <translation>le serveur est muet depuis {} s</translation>
        </message>
        <message>
            <source>the server has forgotten the event subscription</source>
            <translation>le serveur a oublié l’abonnement aux événements</translation>
        </message>
        <message>
            <source>the server has it as acknowledged already</source>
            <translation>le serveur l’a déjà comme acquittée</translation>
        </message>
        <message>
            <source>the server has it as confirmed already</source>
            <translation>le serveur l’a déjà comme confirmée</translation>
        </message>
        <message>
            <source>the server has it as shelved already</source>
            <translation>le serveur l’a déjà en attente</translation>
        </message>
        <message>
            <source>the server has no such node</source>
            <translation>le serveur n’a pas ce nœud</translation>
        </message>
        <message>
            <source>the server hides its state: {}</source>
            <translation>le serveur cache son état : {}</translation>
        </message>
        <message>
            <source>the server is in state {}</source>
            <translation>le serveur est dans l’état {}</translation>
        </message>
        <message>
            <source>the server offers no endpoint with {} and {} ({})</source>
            <translation>le serveur n’offre pas de point d’accès avec {} et {} ({})</translation>
        </message>
        <message>
            <source>the server reports no alarms: it answered {}</source>
            <translation>le serveur ne rend pas compte d’alarmes : il a répondu {}</translation>
        </message>
        <message>
            <source>the server's certificate is not trusted yet: {}, thumbprint {}; compare it with the server's, then accept or reject it under Connections, or by: vigie trust accept {} --reason WHY</source>
            <translation>le certificat du serveur n’est pas encore approuvé : {}, empreinte {} ; comparez-la à celle du serveur, puis approuvez-le ou rejetez-le sous Connexions, ou par : vigie trust accept {} --reason MOTIF</translation>
        </message>
        <message>
            <source>the server's certificate was rejected by {}: {}, thumbprint {}</source>
            <translation>le certificat du serveur a été rejeté par {} : {}, empreinte {}</translation>
        </message>
        <message>
            <source>the service Read for the attribute Value of {}</source>
            <translation>le service Read pour l’attribut Value de {}</translation>
        </message>
        <message>
            <source>the station keeps this alarm itself: acknowledging it is all that it asks for</source>
            <translation>la station tient elle-même cette alarme : l’acquitter suffit</translation>
        </message>
        <message>
            <source>the text has {} bytes, {} has room for {}</source>
            <translation>le texte a {} {octet|octets}, {} a de la place pour {}</translation>
        </message>
        <message>
            <source>the text has {} characters, {} has room for {}</source>
            <translation>le texte a {} {caractère|caractères}, {} a de la place pour {}</translation>
        </message>
        <message>
            <source>the times to respond and to act are not below zero, and together above it</source>
            <translation>les temps de réaction et d’action ne sont pas négatifs, et leur somme est positive</translation>
        </message>
        <message>
            <source>the unit behind the gateway does not answer</source>
            <translation>l’esclave derrière la passerelle ne répond pas</translation>
        </message>
        <message>
            <source>there is no driver {}</source>
            <translation>il n’y a pas de pilote {}</translation>
        </message>
        <message>
            <source>there is no function {}{}</source>
            <translation>il n’y a pas de fonction {}{}</translation>
        </message>
        <message>
            <source>there is no history yet: {} does not exist</source>
            <translation>il n’y a pas encore d’historique : {} n’existe pas</translation>
        </message>
        <message>
            <source>there is no own certificate yet: it is made for the first secured connection</source>
            <translation>il n’y a pas encore de certificat propre : il est fait pour la première connexion sécurisée</translation>
        </message>
        <message>
            <source>there is no tag {}{}</source>
            <translation>il n’y a pas de variable {}{}</translation>
        </message>
        <message>
            <source>there is no value</source>
            <translation>il n’y a pas de valeur</translation>
        </message>
        <message>
            <source>this back-test changed nothing</source>
            <translation>ce rejeu n’a rien changé</translation>
        </message>
        <message>
            <source>this back-test is not known any more: run it again</source>
            <translation>ce rejeu n’est plus connu : relancez-le</translation>
        </message>
        <message>
            <source>this is no expression ({}); {}</source>
            <translation>ce n’est pas une expression ({}) ; {}</translation>
        </message>
        <message>
            <source>this operator is not allowed</source>
            <translation>cet opérateur n’est pas permis</translation>
        </message>
        <message>
            <source>this part never has a value ({})</source>
            <translation>cette partie n’a jamais de valeur ({})</translation>
        </message>
        <message>
            <source>this station does not know you: its secret is another one</source>
            <translation>cette station ne vous connaît pas : son secret est différent</translation>
        </message>
        <message>
            <source>this station speaks link version {}, the client {}: install the same version of Vigie at both ends</source>
            <translation>cette station parle la version de liaison {}, le client {} : installez la même version de Vigie aux deux bouts</translation>
        </message>
        <message>
            <source>timers and counters belong to the controller's program</source>
            <translation>temporisations et compteurs appartiennent au programme de l’automate</translation>
        </message>
        <message>
            <source>too far behind</source>
            <translation>trop en retard</translation>
        </message>
        <message>
            <source>travels with the project; this version does not use it</source>
            <translation>voyage avec le projet ; cette version ne l’utilise pas</translation>
        </message>
        <message>
            <source>trend</source>
            <translation>tendance</translation>
        </message>
        <message>
            <source>trend only</source>
            <translation>tendance seule</translation>
        </message>
        <message>
            <source>tripped</source>
            <translation>déclenché</translation>
        </message>
        <message>
            <source>true or false</source>
            <translation>true ou false</translation>
        </message>
        <message>
            <source>unavailable</source>
            <translation>indisponible</translation>
        </message>
        <message>
            <source>uncertain</source>
            <translation>incertaine</translation>
        </message>
        <message>
            <source>unexpected answer {}</source>
            <translation>réponse inattendue {}</translation>
        </message>
        <message>
            <source>unit {} does not answer</source>
            <translation>l’esclave {} ne répond pas</translation>
        </message>
        <message>
            <source>units: expected numbers from 0 to 255 such as 2,3,7, got {}</source>
            <translation>units : attendu des nombres de 0 à 255 tels que 2,3,7, reçu {}</translation>
        </message>
        <message>
            <source>user {}</source>
            <translation>utilisateur {}</translation>
        </message>
        <message>
            <source>very high</source>
            <translation>très haut</translation>
        </message>
        <message>
            <source>very likely acceptable</source>
            <translation>très probablement acceptable</translation>
        </message>
        <message>
            <source>very likely unacceptable</source>
            <translation>très probablement inacceptable</translation>
        </message>
        <message>
            <source>very low</source>
            <translation>très bas</translation>
        </message>
        <message>
            <source>viewer</source>
            <translation>observateur</translation>
        </message>
        <message>
            <source>ways between screens are checked and followed without values</source>
            <translation>les chemins entre vues se vérifient et se suivent sans les valeurs</translation>
        </message>
        <message>
            <source>whole numbers go up to 2**64</source>
            <translation>les nombres entiers vont jusqu’à 2**64</translation>
        </message>
        <message>
            <source>write values</source>
            <translation>écrire des valeurs</translation>
        </message>
        <message>
            <source>writing {}</source>
            <translation>écriture de {}</translation>
        </message>
        <message>
            <source>yyyy-mm-dd hh:mm:ss.000</source>
            <translation>dd/mm/yyyy hh:mm:ss.000</translation>
        </message>
        <message>
            <source>{}  {} before</source>
            <translation>{}  {} avant</translation>
        </message>
        <message>
            <source>{}  {} behind</source>
            <translation>{}  {} après</translation>
        </message>
        <message>
            <source>{} % (target {} %)</source>
            <translation>{} % (objectif {} %)</translation>
        </message>
        <message>
            <source>{} % low</source>
            <translation>{} % basses</translation>
        </message>
        <message>
            <source>{} % low / {} % medium / {} % high / {} % urgent</source>
            <translation>{} % basses / {} % moyennes / {} % hautes / {} % urgentes</translation>
        </message>
        <message>
            <source>{} % of the range, {}</source>
            <translation>{} % de la plage, {}</translation>
        </message>
        <message>
            <source>{} Asked now, it answered in {} ms.</source>
            <translation>{} Interrogée maintenant, elle a répondu en {} ms.</translation>
        </message>
        <message>
            <source>{} It was read just now by {}.</source>
            <translation>{} Elle vient d’être lue par {}.</translation>
        </message>
        <message>
            <source>{} Its status is {}: {}.</source>
            <translation>{} Son statut est {} : {}.</translation>
        </message>
        <message>
            <source>{} The controller itself marks it {}: {}.</source>
            <translation>{} L’automate lui-même la marque {} : {}.</translation>
        </message>
        <message>
            <source>{} The value is outside.</source>
            <translation>{} La valeur est en dehors.</translation>
        </message>
        <message>
            <source>{} a thumbprint that begins with {}</source>
            <translation>{} une empreinte qui commence par {}</translation>
        </message>
        <message>
            <source>{} accepts no S7 connection; check address, rack and slot ({})</source>
            <translation>{} n’accepte pas de connexion S7 ; vérifiez adresse, châssis et emplacement ({})</translation>
        </message>
        <message>
            <source>{} accepts no {} connection</source>
            <translation>{} n’accepte pas de connexion {}</translation>
        </message>
        <message>
            <source>{} alarm</source>
            <translation>{} alarme</translation>
        </message>
        <message>
            <source>{} alarm came and went within 10 s; a delay keeps such alarms from the operator: {}</source>
            <translation>{} alarme apparue et disparue en moins de 10 s ; une temporisation l’épargne à l’opérateur : {}</translation>
        </message>
        <message>
            <source>{} alarm chattered (3 or more times within 60 s); a deadband or a delay ends that: {}</source>
            <translation>{} alarme battante (3 fois ou plus en 60 s) ; un hystérésis ou une temporisation y met fin : {}</translation>
        </message>
        <message>
            <source>{} alarm stood for more than 24 h; solve or suppress them by design, or they hide new ones: {}</source>
            <translation>{} alarme présente plus de 24 h ; à résoudre ou à inhiber par conception, car elle cache les nouvelles : {}</translation>
        </message>
        <message>
            <source>{} alarms</source>
            <translation>{} {alarme|alarmes}</translation>
        </message>
        <message>
            <source>{} alarms came and went within 10 s; a delay keeps such alarms from the operator: {}</source>
            <translation>{} alarmes apparues et disparues en moins de 10 s ; une temporisation les épargne à l’opérateur : {}</translation>
        </message>
        <message>
            <source>{} alarms chattered (3 or more times within 60 s); a deadband or a delay ends that: {}</source>
            <translation>{} alarmes battantes (3 fois ou plus en 60 s) ; un hystérésis ou une temporisation y met fin : {}</translation>
        </message>
        <message>
            <source>{} alarms have no {}: the connection decides</source>
            <translation>les alarmes {} n’ont pas de {} : la connexion décide</translation>
        </message>
        <message>
            <source>{} alarms stood for more than 24 h; solve or suppress them by design, or they hide new ones: {}</source>
            <translation>{} alarmes présentes plus de 24 h ; à résoudre ou à inhiber par conception, car elles cachent les nouvelles : {}</translation>
        </message>
        <message>
            <source>{} and {} more</source>
            <translation>{} et {} de plus</translation>
        </message>
        <message>
            <source>{} answers {}: {}.</source>
            <translation>{} répond {} : {}.</translation>
        </message>
        <message>
            <source>{} answers, but the unit of this tag behind it does not.</source>
            <translation>{} répond, mais l’esclave de cette variable derrière elle ne répond pas.</translation>
        </message>
        <message>
            <source>{} as {}, read just now</source>
            <translation>{} en {}, lue à l’instant</translation>
        </message>
        <message>
            <source>{} as {}: nothing was read.</source>
            <translation>{} en {} : rien n’a été lu.</translation>
        </message>
        <message>
            <source>{} at {}</source>
            <translation>{} sur {}</translation>
        </message>
        <message>
            <source>{} at {}: {}</source>
            <translation>{} sur {} : {}</translation>
        </message>
        <message>
            <source>{} bits, signed with {}</source>
            <translation>{} {bit|bits}, signé avec {}</translation>
        </message>
        <message>
            <source>{} breaks the protocol: {}</source>
            <translation>{} enfreint le protocole : {}</translation>
        </message>
        <message>
            <source>{} by {}</source>
            <translation>{} par {}</translation>
        </message>
        <message>
            <source>{} by {}: {}: {}</source>
            <translation>{} par {} : {} : {}</translation>
        </message>
        <message>
            <source>{} byte</source>
            <translation>{} octet</translation>
        </message>
        <message>
            <source>{} bytes</source>
            <translation>{} {octet|octets}</translation>
        </message>
        <message>
            <source>{} carried out by the device for {}</source>
            <translation>{} exécuté par l’appareil pour {}</translation>
        </message>
        <message>
            <source>{} certificates have</source>
            <translation>{} {certificat a|certificats ont}</translation>
        </message>
        <message>
            <source>{} changed from {} to {} by {}</source>
            <translation>{} changé de {} à {} par {}</translation>
        </message>
        <message>
            <source>{} d</source>
            <translation>{} j</translation>
        </message>
        <message>
            <source>{} days</source>
            <translation>{} {jour|jours}</translation>
        </message>
        <message>
            <source>{} did not answer; look whether it was done</source>
            <translation>{} n’a pas répondu ; vérifiez si c’est fait</translation>
        </message>
        <message>
            <source>{} embeds itself: {}.</source>
            <translation>{} s’imbrique en elle-même : {}.</translation>
        </message>
        <message>
            <source>{} events do not fit into a sheet of {} rows: choose a shorter period, or write .csv</source>
            <translation>{} {événement ne tient|événements ne tiennent} pas dans une feuille de {} {ligne|lignes} : choisissez une période plus courte, ou écrivez en .csv</translation>
        </message>
        <message>
            <source>{} events, times in {}</source>
            <translation>{} {événement|événements}, heures en {}</translation>
        </message>
        <message>
            <source>{} faults</source>
            <translation>{} {défaut|défauts}</translation>
        </message>
        <message>
            <source>{} flood</source>
            <translation>{} avalanche</translation>
        </message>
        <message>
            <source>{} floods</source>
            <translation>{} {avalanche|avalanches}</translation>
        </message>
        <message>
            <source>{} has a connection but no address</source>
            <translation>{} a une connexion mais pas d’adresse</translation>
        </message>
        <message>
            <source>{} has a fault in the project: {}</source>
            <translation>{} a un défaut dans le projet : {}</translation>
        </message>
        <message>
            <source>{} has only {} MiB left: free some space before history stops</source>
            <translation>{} n’a plus que {} Mio : libérez de la place avant que l’historique s’arrête</translation>
        </message>
        <message>
            <source>{} has room again ({} MiB)</source>
            <translation>{} a de nouveau de la place ({} Mio)</translation>
        </message>
        <message>
            <source>{} has room again ({} MiB): history records samples again</source>
            <translation>{} a de nouveau de la place ({} Mio) : l’historique enregistre de nouveau</translation>
        </message>
        <message>
            <source>{} holds {} to {} s</source>
            <translation>{} contient {} à {} s</translation>
        </message>
        <message>
            <source>{} in the project ('vigie check' shows all): {}</source>
            <translation>{} dans le projet (« vigie check » les montre tous) : {}</translation>
        </message>
        <message>
            <source>{} in {}</source>
            <translation>{} en {}</translation>
        </message>
        <message>
            <source>{} is asked for every {} ms by {}.</source>
            <translation>{} est interrogée toutes les {} ms par {}.</translation>
        </message>
        <message>
            <source>{} is asked for every {} ms.</source>
            <translation>{} est interrogée toutes les {} ms.</translation>
        </message>
        <message>
            <source>{} is beyond the range of FLOAT32</source>
            <translation>{} dépasse la plage de FLOAT32</translation>
        </message>
        <message>
            <source>{} is calculated and cannot be written</source>
            <translation>{} est calculée et ne peut pas être écrite</translation>
        </message>
        <message>
            <source>{} is damaged ({}) and cannot be renamed: {}; move it away and start again</source>
            <translation>{} est endommagé ({}) et ne peut pas être renommé : {} ; déplacez-le et redémarrez</translation>
        </message>
        <message>
            <source>{} is full: history keeps alarms, writes and events, and samples wait in memory; free some space now</source>
            <translation>{} est plein : l’historique garde alarmes, écritures et événements, et les échantillons attendent en mémoire ; libérez de la place maintenant</translation>
        </message>
        <message>
            <source>{} is monitored; the device reports changes at most every {} ms.</source>
            <translation>{} est surveillée ; l’appareil signale les changements au plus toutes les {} ms.</translation>
        </message>
        <message>
            <source>{} is no DATE_AND_TIME</source>
            <translation>{} n’est pas un DATE_AND_TIME</translation>
        </message>
        <message>
            <source>{} is no Modbus address</source>
            <translation>{} n’est pas une adresse Modbus</translation>
        </message>
        <message>
            <source>{} is no S5TIME</source>
            <translation>{} n’est pas un S5TIME</translation>
        </message>
        <message>
            <source>{} is no S7 address</source>
            <translation>{} n’est pas une adresse S7</translation>
        </message>
        <message>
            <source>{} is no condition</source>
            <translation>{} n’est pas une condition</translation>
        </message>
        <message>
            <source>{} is no corner such as 40,20.</source>
            <translation>{} n’est pas un point comme 40,20.</translation>
        </message>
        <message>
            <source>{} is no count</source>
            <translation>{} n’est pas un compte</translation>
        </message>
        <message>
            <source>{} is no id of a device's alarm</source>
            <translation>{} n’est pas l’identifiant d’une alarme d’appareil</translation>
        </message>
        <message>
            <source>{} is no memory cell</source>
            <translation>{} n’est pas une cellule mémoire</translation>
        </message>
        <message>
            <source>{} is no name: a letter, then letters, digits and underscores</source>
            <translation>{} n’est pas un nom : une lettre, puis lettres, chiffres et soulignés</translation>
        </message>
        <message>
            <source>{} is no node id</source>
            <translation>{} n’est pas un identifiant de nœud</translation>
        </message>
        <message>
            <source>{} is no time</source>
            <translation>{} n’est pas une durée</translation>
        </message>
        <message>
            <source>{} is not allowed</source>
            <translation>{} n’est pas permis</translation>
        </message>
        <message>
            <source>{} is not connected</source>
            <translation>{} n’est pas connecté</translation>
        </message>
        <message>
            <source>{} is outside the allowed range: {}</source>
            <translation>{} est hors de la plage permise : {}</translation>
        </message>
        <message>
            <source>{} is outside {} to {}, the range of {}</source>
            <translation>{} est hors de {} à {}, la plage de {}</translation>
        </message>
        <message>
            <source>{} is read-only</source>
            <translation>{} est en lecture seule</translation>
        </message>
        <message>
            <source>{} is {}; this element shows {}</source>
            <translation>{} est {} ; cet élément montre {}</translation>
        </message>
        <message>
            <source>{} logged or alarmed tag</source>
            <translation>{} variable historisée ou en alarme</translation>
        </message>
        <message>
            <source>{} logged or alarmed tags</source>
            <translation>{} {variable historisée|variables historisées} ou en alarme</translation>
        </message>
        <message>
            <source>{} message</source>
            <translation>{} message</translation>
        </message>
        <message>
            <source>{} messages</source>
            <translation>{} {message|messages}</translation>
        </message>
        <message>
            <source>{} min</source>
            <translation>{} min</translation>
        </message>
        <message>
            <source>{} needs an instance for {}{}.</source>
            <translation>{} a besoin d’une instance pour {}{}.</translation>
        </message>
        <message>
            <source>{} now holds {}.</source>
            <translation>{} contient {}.</translation>
        </message>
        <message>
            <source>{} ns is no time that the controller can hold</source>
            <translation>{} ns n’est pas une durée que l’automate puisse contenir</translation>
        </message>
        <message>
            <source>{} of {} tags have no good value, for example {}.</source>
            <translation>{} variables sur {} n’ont pas de bonne valeur, par exemple {}.</translation>
        </message>
        <message>
            <source>{} or more</source>
            <translation>{} ou plus</translation>
        </message>
        <message>
            <source>{} per 10 min</source>
            <translation>{} par 10 min</translation>
        </message>
        <message>
            <source>{} reads no tag {} from its device.</source>
            <translation>{} ne lit pas de variable {} dans son appareil.</translation>
        </message>
        <message>
            <source>{} request</source>
            <translation>{} requête</translation>
        </message>
        <message>
            <source>{} requests</source>
            <translation>{} {requête|requêtes}</translation>
        </message>
        <message>
            <source>{} results for {} operations</source>
            <translation>{} {résultat|résultats} pour {} {opération|opérations}</translation>
        </message>
        <message>
            <source>{} samples were dropped because the disk did not take them</source>
            <translation>{} {échantillon a été perdu|échantillons ont été perdus} parce que le disque ne {l’a pas pris|les a pas pris}</translation>
        </message>
        <message>
            <source>{} samples were dropped because the history's server was away for too long</source>
            <translation>{} {échantillon a été perdu|échantillons ont été perdus} parce que le serveur d’historique est resté absent trop longtemps</translation>
        </message>
        <message>
            <source>{} subscription</source>
            <translation>{} abonnement</translation>
        </message>
        <message>
            <source>{} subscriptions</source>
            <translation>{} {abonnement|abonnements}</translation>
        </message>
        <message>
            <source>{} tag</source>
            <translation>{} variable</translation>
        </message>
        <message>
            <source>{} tags</source>
            <translation>{} {variable|variables}</translation>
        </message>
        <message>
            <source>{} tags in memory</source>
            <translation>{} {variable|variables} en mémoire</translation>
        </message>
        <message>
            <source>{} takes no parameters; a faceplate does.</source>
            <translation>{} ne prend pas de paramètres ; une face-avant en prend.</translation>
        </message>
        <message>
            <source>{} takes no {}; it takes {}.</source>
            <translation>{} ne prend pas {} ; elle prend {}.</translation>
        </message>
        <message>
            <source>{} times an alarm was hidden without a user or a reason.</source>
            <translation>Alarmes masquées sans personne ni motif : {}.</translation>
        </message>
        <message>
            <source>{} to {}</source>
            <translation>{} à {}</translation>
        </message>
        <message>
            <source>{} to {} ({})</source>
            <translation>du {} au {} ({})</translation>
        </message>
        <message>
            <source>{} to {}{}</source>
            <translation>{} à {}{}</translation>
        </message>
        <message>
            <source>{} values for {} places</source>
            <translation>{} {valeur|valeurs} pour {} {place|places}</translation>
        </message>
        <message>
            <source>{} was written by a newer version of Vigie (history format {}, this one knows {}): install that version, or choose another history</source>
            <translation>{} a été écrit par une version plus récente de Vigie (format d’historique {}, celle-ci connaît {}) : installez cette version, ou choisissez un autre historique</translation>
        </message>
        <message>
            <source>{} was written by a newer version of Vigie (history format {}, this one knows {}): use that version</source>
            <translation>{} a été écrit par une version plus récente de Vigie (format d’historique {}, celle-ci connaît {}) : utilisez cette version</translation>
        </message>
        <message>
            <source>{} wrote {}</source>
            <translation>{} a écrit {}</translation>
        </message>
        <message>
            <source>{} {}; {} takes a {} for {}.</source>
            <translation>{} {} ; {} prend un {} pour {}.</translation>
        </message>
        <message>
            <source>{}() takes one tag path</source>
            <translation>{}() prend un chemin de variable</translation>
        </message>
        <message>
            <source>{}() takes {} argument{}</source>
            <translation>{}() prend {} argument{}</translation>
        </message>
        <message>
            <source>{}, anonymous</source>
            <translation>{}, anonyme</translation>
        </message>
        <message>
            <source>{}, cut to a quarter of the time (ALM-31)</source>
            <translation>{}, réduit au quart du temps (ALM-31)</translation>
        </message>
        <message>
            <source>{}, held at {}</source>
            <translation>{}, retenue à {}</translation>
        </message>
        <message>
            <source>{}, in STOP.</source>
            <translation>{}, en STOP.</translation>
        </message>
        <message>
            <source>{}, no security, anonymous</source>
            <translation>{}, sans sécurité, anonyme</translation>
        </message>
        <message>
            <source>{}, no security, user {}</source>
            <translation>{}, sans sécurité, utilisateur {}</translation>
        </message>
        <message>
            <source>{}, unit {}: no answer within {} s</source>
            <translation>{}, esclave {} : pas de réponse en {} s</translation>
        </message>
        <message>
            <source>{}, user {}</source>
            <translation>{}, utilisateur {}</translation>
        </message>
        <message>
            <source>{}, {} % of bytes used</source>
            <translation>{}, {} % des octets utilisés</translation>
        </message>
        <message>
            <source>{}, {} refused by the device</source>
            <translation>{}, {} {refusée|refusées} par l’appareil</translation>
        </message>
        <message>
            <source>{}, {}: no answer within {} s</source>
            <translation>{}, {} : pas de réponse en {} s</translation>
        </message>
        <message>
            <source>{}, {}: the connection is lost</source>
            <translation>{}, {} : la connexion est perdue</translation>
        </message>
        <message>
            <source>{}, {}: the server breaks the protocol: {}</source>
            <translation>{}, {} : le serveur enfreint le protocole : {}</translation>
        </message>
        <message>
            <source>{}, {}: the server has no room for another client ({}); close other clients, or wait until it forgets those that were cut off</source>
            <translation>{}, {} : le serveur n’a plus de place pour un client de plus ({}) ; fermez d’autres clients, ou attendez qu’il oublie ceux qui ont été coupés</translation>
        </message>
        <message>
            <source>{}. Mend it in the project.</source>
            <translation>{}. À corriger dans le projet.</translation>
        </message>
        <message>
            <source>{}.{}: expected {}, got {}</source>
            <translation>{}.{} : {} attendu, reçu {}</translation>
        </message>
        <message>
            <source>{}: alarm journal</source>
            <translation>{} : journal des alarmes</translation>
        </message>
        <message>
            <source>{}: alarm performance</source>
            <translation>{} : performance des alarmes</translation>
        </message>
        <message>
            <source>{}: alarms without a usable input</source>
            <translation>{} : alarmes sans entrée utilisable</translation>
        </message>
        <message>
            <source>{}: column {}: {}</source>
            <translation>{} : colonne {} : {}</translation>
        </message>
        <message>
            <source>{}: communication lost</source>
            <translation>{} : communication perdue</translation>
        </message>
        <message>
            <source>{}: expected a file name that ends with {}</source>
            <translation>{} : attendu un nom de fichier qui finit par {}</translation>
        </message>
        <message>
            <source>{}: expected a tag's path, got {}</source>
            <translation>{} : attendu le chemin d’une variable, reçu {}</translation>
        </message>
        <message>
            <source>{}: expected two hexadecimal bytes such as 10.01, got {}</source>
            <translation>{} : attendu deux octets hexadécimaux tels que 10.01, reçu {}</translation>
        </message>
        <message>
            <source>{}: expected {}</source>
            <translation>{} : attendu {}</translation>
        </message>
        <message>
            <source>{}: expected {} to {}, got {}</source>
            <translation>{} : attendu {} à {}, reçu {}</translation>
        </message>
        <message>
            <source>{}: expected {}, got {}</source>
            <translation>{} : {} attendu, reçu {}</translation>
        </message>
        <message>
            <source>{}: inputs cannot be written, only coils (C) and holding registers (HR)</source>
            <translation>{} : les entrées ne s’écrivent pas, seulement les bobines (C) et les registres de maintien (HR)</translation>
        </message>
        <message>
            <source>{}: it came after what was seen</source>
            <translation>{} : elle est venue après ce qui a été vu</translation>
        </message>
        <message>
            <source>{}: it came again since it was seen</source>
            <translation>{} : elle est revenue depuis qu’elle a été vue</translation>
        </message>
        <message>
            <source>{}: it is a level of {}, {}</source>
            <translation>{} : c’est un niveau de {}, {}</translation>
        </message>
        <message>
            <source>{}: no answer within {} s</source>
            <translation>{} : pas de réponse en {} s</translation>
        </message>
        <message>
            <source>{}: nothing came.</source>
            <translation>{} : rien n’est venu.</translation>
        </message>
        <message>
            <source>{}: only a {} may shelve it (ALM-14)</source>
            <translation>{} : seul un {} peut la mettre en attente (ALM-14)</translation>
        </message>
        <message>
            <source>{}: takes no expression: {}</source>
            <translation>{} : ne prend pas d’expression : {}</translation>
        </message>
        <message>
            <source>{}: the device confirms another write than the one sent</source>
            <translation>{} : l’appareil confirme une autre écriture que celle envoyée</translation>
        </message>
        <message>
            <source>{}: the device has not reported it yet since the start</source>
            <translation>{} : l’appareil n’en a pas encore rendu compte depuis le démarrage</translation>
        </message>
        <message>
            <source>{}: the node has no value yet and its data type is none of the built-in ones</source>
            <translation>{} : le nœud n’a pas encore de valeur et son type n’est pas un type intégré</translation>
        </message>
        <message>
            <source>{}: the server answered {}</source>
            <translation>{} : le serveur a répondu {}</translation>
        </message>
        <message>
            <source>{}: the server has no such namespace</source>
            <translation>{} : le serveur n’a pas cet espace de noms</translation>
        </message>
        <message>
            <source>{}: the text has {} characters, the controller has room for {}</source>
            <translation>{} : le texte a {} {caractère|caractères}, l’automate a de la place pour {}</translation>
        </message>
        <message>
            <source>{}: {} % low / {} % medium / {} % high / {} % urgent</source>
            <translation>{} : {} % basses / {} % moyennes / {} % hautes / {} % urgentes</translation>
        </message>
        <message>
            <source>{}: {} gives {}</source>
            <translation>{} : {} donne {}</translation>
        </message>
        <message>
            <source>{}: {}, got {}</source>
            <translation>{} : {}, reçu {}</translation>
        </message>
        <message>
            <source>{}:{} is not connected</source>
            <translation>{}:{} n’est pas connecté</translation>
        </message>
        <message>
            <source>{}:{} was closed</source>
            <translation>{}:{} a été fermé</translation>
        </message>
        <message>
            <source>{}:{}, rack {}, slot {}</source>
            <translation>{}:{}, châssis {}, emplacement {}</translation>
        </message>
        <message>
            <source>{}:{}: no whole answer within {} s</source>
            <translation>{}:{} : pas de réponse complète en {} s</translation>
        </message>
        <message>
            <source>{}; designed after ISA-18.2, IEC 62682, EEMUA 191</source>
            <translation>{} ; conçu d’après ISA-18.2, CEI 62682, EEMUA 191</translation>
        </message>
        <message>
            <source>{}; no answer from unit {}</source>
            <translation>{} ; pas de réponse de l’esclave {}</translation>
        </message>
        <message>
            <source>{}; the controller is in STOP</source>
            <translation>{} ; l’automate est en STOP</translation>
        </message>
        <message>
            <source>{}; the worst brought {} alarms within 10 min and began with {}{}.</source>
            <translation>{} ; la pire a apporté {} {alarme|alarmes} en 10 min et a commencé par {}{}.</translation>
        </message>
        <message>
            <source>{}; with the server's alarms</source>
            <translation>{} ; avec les alarmes du serveur</translation>
        </message>
        <message>
            <source>{}{} and above</source>
            <translation>{}{} et plus</translation>
        </message>
        <message>
            <source>{}{} and below</source>
            <translation>{}{} et moins</translation>
        </message>
        <message>
            <source>{}{} to {}{}</source>
            <translation>{}{} à {}{}</translation>
        </message>
    </context>
    <context>
        <name>StationClient</name>
        <message>
            <source>Connected to the station.</source>
            <translation>Connecté à la station.</translation>
        </message>
        <message>
            <source>Connecting to the station…</source>
            <translation>Connexion à la station…</translation>
        </message>
        <message>
            <source>Disconnected.</source>
            <translation>Déconnecté.</translation>
        </message>
        <message>
            <source>No station is running; trying again.</source>
            <translation>Aucune station en marche ; nouvel essai.</translation>
        </message>
        <message>
            <source>Not sent: there is no connection to the station.</source>
            <translation>Non envoyé : pas de connexion à la station.</translation>
        </message>
        <message>
            <source>The connection to the station is lost; trying again.</source>
            <translation>La connexion à la station est perdue ; nouvel essai.</translation>
        </message>
        <message>
            <source>The connection was lost before the station answered; look at the value before trying again.</source>
            <translation>La connexion s’est coupée avant la réponse de la station ; vérifiez la valeur avant de réessayer.</translation>
        </message>
        <message>
            <source>The connection was lost.</source>
            <translation>La connexion s’est coupée.</translation>
        </message>
        <message>
            <source>The station did not answer in time.</source>
            <translation>La station n’a pas répondu à temps.</translation>
        </message>
        <message>
            <source>The station did not answer in time; look at the value before you try again.</source>
            <translation>La station n’a pas répondu à temps ; vérifiez la valeur avant de réessayer.</translation>
        </message>
        <message>
            <source>The station does not answer; trying again.</source>
            <translation>La station ne répond pas ; nouvel essai.</translation>
        </message>
        <message>
            <source>The station refuses this window: {detail}</source>
            <translation>La station refuse cette fenêtre : {detail}</translation>
        </message>
        <message>
            <source>The station speaks another language: {detail}</source>
            <translation>La station parle un autre protocole : {detail}</translation>
        </message>
        <message>
            <source>The station's project cannot be read: {detail}</source>
            <translation>Le projet de la station est illisible : {detail}</translation>
        </message>
        <message>
            <source>There is no connection to the station.</source>
            <translation>Pas de connexion à la station.</translation>
        </message>
    </context>
    <context>
        <name>StepRow</name>
        <message>
            <source>What to do: {}</source>
            <translation>Que faire : {}</translation>
        </message>
        <message>
            <source>{} old</source>
            <translation>il y a {}</translation>
        </message>
    </context>
    <context>
        <name>Tab</name>
        <message>
            <source>{title}, page {number} of {count}</source>
            <translation>{title}, page {number} sur {count}</translation>
        </message>
    </context>
    <context>
        <name>Terminal</name>
        <message>
            <source>(none)</source>
            <translation>(aucun)</translation>
        </message>
        <message>
            <source>1 alarm</source>
            <translation>1 alarme</translation>
        </message>
        <message>
            <source>1 change.</source>
            <translation>1 changement.</translation>
        </message>
        <message>
            <source>1 event: {}</source>
            <translation>1 événement : {}</translation>
        </message>
        <message>
            <source>1 setting differs from alarms.csv.</source>
            <translation>1 réglage diffère d’alarms.csv.</translation>
        </message>
        <message>
            <source>1 starting value. Back-tests find better ones once there is history.</source>
            <translation>1 valeur de départ. Un rejeu en trouve de meilleures dès qu’il y a un historique.</translation>
        </message>
        <message>
            <source>Applied.</source>
            <translation>Appliqué.</translation>
        </message>
        <message>
            <source>BROKEN</source>
            <translation>ROMPU</translation>
        </message>
        <message>
            <source>Floods: {} become {}</source>
            <translation>Avalanches : {} {devient|deviennent} {}</translation>
        </message>
        <message>
            <source>INDICATIVE: less than 30 days</source>
            <translation>INDICATIF : moins de 30 jours</translation>
        </message>
        <message>
            <source>Missed</source>
            <translation>Manquée</translation>
        </message>
        <message>
            <source>Most frequent alarms:</source>
            <translation>Alarmes les plus fréquentes :</translation>
        </message>
        <message>
            <source>Proposed</source>
            <translation>Proposition</translation>
        </message>
        <message>
            <source>The alarms run as alarms.csv says.</source>
            <translation>Les alarmes suivent alarms.csv.</translation>
        </message>
        <message>
            <source>What to do: {}</source>
            <translation>Que faire : {}</translation>
        </message>
        <message>
            <source>alarms.csv {}, running {}</source>
            <translation>alarms.csv {}, en service {}</translation>
        </message>
        <message>
            <source>bad</source>
            <translation>mauvaises</translation>
        </message>
        <message>
            <source>by {}</source>
            <translation>par {}</translation>
        </message>
        <message>
            <source>bytes</source>
            <translation>octets</translation>
        </message>
        <message>
            <source>connection</source>
            <translation>connexion</translation>
        </message>
        <message>
            <source>contact</source>
            <translation>contact</translation>
        </message>
        <message>
            <source>controller</source>
            <translation>automate</translation>
        </message>
        <message>
            <source>deadband {}</source>
            <translation>hystérésis {}</translation>
        </message>
        <message>
            <source>deadband {} {}</source>
            <translation>hystérésis {} {}</translation>
        </message>
        <message>
            <source>exceeded</source>
            <translation>dépassé</translation>
        </message>
        <message>
            <source>expression</source>
            <translation>expression</translation>
        </message>
        <message>
            <source>flow</source>
            <translation>débit</translation>
        </message>
        <message>
            <source>gaps</source>
            <translation>lacunes</translation>
        </message>
        <message>
            <source>gaps: none</source>
            <translation>lacunes : aucune</translation>
        </message>
        <message>
            <source>gaps: {}</source>
            <translation>lacunes : {}</translation>
        </message>
        <message>
            <source>last</source>
            <translation>dernière</translation>
        </message>
        <message>
            <source>level</source>
            <translation>niveau</translation>
        </message>
        <message>
            <source>limit</source>
            <translation>seuil</translation>
        </message>
        <message>
            <source>missing</source>
            <translation>manquant</translation>
        </message>
        <message>
            <source>no alarm changes</source>
            <translation>aucune alarme ne change</translation>
        </message>
        <message>
            <source>no data</source>
            <translation>pas de données</translation>
        </message>
        <message>
            <source>note</source>
            <translation>note</translation>
        </message>
        <message>
            <source>off-delay {} s</source>
            <translation>retard retour {} s</translation>
        </message>
        <message>
            <source>ok</source>
            <translation>ok</translation>
        </message>
        <message>
            <source>oldest sample {}</source>
            <translation>plus ancien échantillon {}</translation>
        </message>
        <message>
            <source>on-delay {} s</source>
            <translation>retard apparition {} s</translation>
        </message>
        <message>
            <source>per s</source>
            <translation>par s</translation>
        </message>
        <message>
            <source>pressure</source>
            <translation>pression</translation>
        </message>
        <message>
            <source>property</source>
            <translation>propriété</translation>
        </message>
        <message>
            <source>range</source>
            <translation>étendue</translation>
        </message>
        <message>
            <source>raw</source>
            <translation>brute</translation>
        </message>
        <message>
            <source>refused: {}</source>
            <translation>refusé : {}</translation>
        </message>
        <message>
            <source>request</source>
            <translation>requête</translation>
        </message>
        <message>
            <source>samples</source>
            <translation>échantillons</translation>
        </message>
        <message>
            <source>scaling</source>
            <translation>échelle</translation>
        </message>
        <message>
            <source>since {} by {}</source>
            <translation>depuis {}, par {}</translation>
        </message>
        <message>
            <source>speed, current or power</source>
            <translation>vitesse, courant ou puissance</translation>
        </message>
        <message>
            <source>tag</source>
            <translation>variable</translation>
        </message>
        <message>
            <source>target {}</source>
            <translation>objectif {}</translation>
        </message>
        <message>
            <source>temperature</source>
            <translation>température</translation>
        </message>
        <message>
            <source>trip</source>
            <translation>déclenchement</translation>
        </message>
        <message>
            <source>warning: {}</source>
            <translation>avertissement : {}</translation>
        </message>
        <message>
            <source>{} (ALM-30)</source>
            <translation>{} (ALM-30)</translation>
        </message>
        <message>
            <source>{} = {}: accepted, but the device holds {} (was {})</source>
            <translation>{} = {} : accepté, mais l’appareil contient {} (avant : {})</translation>
        </message>
        <message>
            <source>{} = {}: confirmed (was {})</source>
            <translation>{} = {} : confirmé (avant : {})</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} Mo</translation>
        </message>
        <message>
            <source>{} activations become {}, {} are missed, the others come at most {} s later</source>
            <translation>{} {apparition devient|apparitions deviennent} {}, {} {manquée|manquées}, les autres viennent au plus {} s plus tard</translation>
        </message>
        <message>
            <source>{} activations become {}, {} missed, {} added, at most {} s later (mean {} s)</source>
            <translation>{} {apparition devient|apparitions deviennent} {}, {} {manquée|manquées}, {} {ajoutée|ajoutées}, retard maximal {} s (moyen {} s)</translation>
        </message>
        <message>
            <source>{} alarms</source>
            <translation>{} {alarme|alarmes}</translation>
        </message>
        <message>
            <source>{} at {}: {} before {}, half as much time again as response and action take (ALM-24)</source>
            <translation>{} à {} : {} avant {}, soit la moitié de temps de plus que n’en prennent réaction et action (ALM-24)</translation>
        </message>
        <message>
            <source>{} becomes {} by {} at {}</source>
            <translation>{} devient {}, par {} sur {}</translation>
        </message>
        <message>
            <source>{} bytes a sealed sample, roll-ups included</source>
            <translation>{} {octet|octets} par échantillon scellé, agrégats compris</translation>
        </message>
        <message>
            <source>{} changes.</source>
            <translation>{} {changement|changements}.</translation>
        </message>
        <message>
            <source>{} events: {}</source>
            <translation>{} {événement|événements} : {}</translation>
        </message>
        <message>
            <source>{} old</source>
            <translation>il y a {}</translation>
        </message>
        <message>
            <source>{} rows in quarantine: the history's server refused them</source>
            <translation>{} {ligne|lignes} en quarantaine : le serveur d’historique {l’a refusée|les a refusées}</translation>
        </message>
        <message>
            <source>{} samples ({} not sealed yet) in {} blocks</source>
            <translation>{} {échantillon|échantillons} (non {scellé|scellés} : {}) dans {} {bloc|blocs}</translation>
        </message>
        <message>
            <source>{} samples, {} of them fed to the engine, {} s</source>
            <translation>{} {échantillon|échantillons}, dont {} {donné|donnés} au moteur, {} s</translation>
        </message>
        <message>
            <source>{} settings differ from alarms.csv.</source>
            <translation>{} {réglage diffère|réglages diffèrent} d’alarms.csv.</translation>
        </message>
        <message>
            <source>{} starting values. Back-tests find better ones once there is history.</source>
            <translation>{} {valeur|valeurs} de départ. Un rejeu en trouve de meilleures dès qu’il y a un historique.</translation>
        </message>
        <message>
            <source>{} to {}</source>
            <translation>{} à {}</translation>
        </message>
        <message>
            <source>{}, begin with {}</source>
            <translation>{}, commencer par {}</translation>
        </message>
        <message>
            <source>{}: 1 row</source>
            <translation>{} : 1 ligne</translation>
        </message>
        <message>
            <source>{}: alarm journal</source>
            <translation>{} : journal des alarmes</translation>
        </message>
        <message>
            <source>{}: {} rows</source>
            <translation>{} : {} {ligne|lignes}</translation>
        </message>
    </context>
    <context>
        <name>Trend</name>
        <message numerus="yes">
            <source>Trend of %n tag(s)</source>
            <translation>
                <numerusform>Courbe de %n variable</numerusform>
                <numerusform>Courbes de %n variables</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TrendPage</name>
        <message>
            <source>All {} pens are in use; remove one first.</source>
            <translation>Les {} courbes sont utilisées ; retirez-en une d’abord.</translation>
        </message>
        <message>
            <source>Choose pens</source>
            <translation>Choisir les courbes</translation>
        </message>
        <message>
            <source>Engineering range</source>
            <translation>Étendue de mesure</translation>
        </message>
        <message>
            <source>Fit to data</source>
            <translation>Ajuster aux données</translation>
        </message>
        <message>
            <source>Live</source>
            <translation>Direct</translation>
        </message>
        <message>
            <source>No history: {}</source>
            <translation>Pas d’historique : {}</translation>
        </message>
        <message>
            <source>No pens yet: choose logged tags in the list</source>
            <translation>Pas encore de courbe : choisissez des variables historisées dans la liste</translation>
        </message>
        <message>
            <source>Normalised 0–100 %</source>
            <translation>Normalisé 0–100 %</translation>
        </message>
        <message>
            <source>Return to live</source>
            <translation>Revenir au direct</translation>
        </message>
        <message>
            <source>Show the last {}</source>
            <translation>Afficher les dernières {}</translation>
        </message>
        <message>
            <source>Zoom in (+)</source>
            <translation>Zoom avant (+)</translation>
        </message>
        <message>
            <source>Zoom out (-)</source>
            <translation>Zoom arrière (-)</translation>
        </message>
        <message>
            <source>{} h</source>
            <translation>{} h</translation>
        </message>
        <message>
            <source>{} min</source>
            <translation>{} min</translation>
        </message>
    </context>
    <context>
        <name>TrendPlot</name>
        <message>
            <source>Trend</source>
            <translation>Courbes</translation>
        </message>
    </context>
    <context>
        <name>ViewsButton</name>
        <message>
            <source>Delete</source>
            <translation>Supprimer</translation>
        </message>
        <message>
            <source>No view is saved yet</source>
            <translation>Aucune vue enregistrée</translation>
        </message>
        <message>
            <source>Save this view…</source>
            <translation>Enregistrer cette vue…</translation>
        </message>
        <message>
            <source>Saved views: filter, grouping and order of the list</source>
            <translation>Vues enregistrées : filtre, groupement et ordre de la liste</translation>
        </message>
        <message>
            <source>Views</source>
            <translation>Vues</translation>
        </message>
    </context>
    <context>
        <name>Why</name>
        <message>
            <source>Calculated tag</source>
            <translation>Variable calculée</translation>
        </message>
        <message>
            <source>Connection</source>
            <translation>Connexion</translation>
        </message>
        <message>
            <source>Controller</source>
            <translation>Automate</translation>
        </message>
        <message>
            <source>Correct the property's expression on the screen.</source>
            <translation>Corrigez l’expression de la propriété sur la vue.</translation>
        </message>
        <message>
            <source>On the screen</source>
            <translation>Sur la vue</translation>
        </message>
        <message>
            <source>Range</source>
            <translation>Plage</translation>
        </message>
        <message>
            <source>Raw value</source>
            <translation>Valeur brute</translation>
        </message>
        <message>
            <source>Request</source>
            <translation>Requête</translation>
        </message>
        <message>
            <source>Scaling</source>
            <translation>Mise à l’échelle</translation>
        </message>
        <message>
            <source>Tag</source>
            <translation>Variable</translation>
        </message>
        <message>
            <source>affected</source>
            <translation>touché</translation>
        </message>
        <message>
            <source>broken here</source>
            <translation>défaut ici</translation>
        </message>
        <message>
            <source>in order</source>
            <translation>en ordre</translation>
        </message>
        <message>
            <source>look at this</source>
            <translation>à regarder</translation>
        </message>
        <message>
            <source>not known</source>
            <translation>inconnu</translation>
        </message>
    </context>
    <context>
        <name>WhyPanel</name>
        <message>
            <source>Asking the station…</source>
            <translation>Question à la station…</translation>
        </message>
        <message>
            <source>Broken at: {kind} ({subject}).</source>
            <translation>Défaut à : {kind} ({subject}).</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Fermer</translation>
        </message>
        <message>
            <source>Close (Esc)</source>
            <translation>Fermer (Échap)</translation>
        </message>
        <message>
            <source>Every link is in order.</source>
            <translation>Chaque maillon est en ordre.</translation>
        </message>
        <message>
            <source>Good; one link is worth a look.</source>
            <translation>Bonne ; un maillon mérite un coup d'œil.</translation>
        </message>
        <message>
            <source>Not good: {}</source>
            <translation>Pas bonne : {}</translation>
        </message>
        <message>
            <source>Why this value?</source>
            <translation>Pourquoi cette valeur ?</translation>
        </message>
    </context>
    <context>
        <name>WindowActions</name>
        <message>
            <source>About Vigie</source>
            <translation>À propos de Vigie</translation>
        </message>
        <message>
            <source>Acknowledge the alarm in the banner</source>
            <translation>Acquitter l’alarme du bandeau</translation>
        </message>
        <message>
            <source>Add the element clicked last to the trend</source>
            <translation>Ajouter aux courbes l’élément cliqué en dernier</translation>
        </message>
        <message>
            <source>Alarm performance</source>
            <translation>Bilan des alarmes</translation>
        </message>
        <message>
            <source>Alarm sounds of this window</source>
            <translation>Sons d’alarme de cette fenêtre</translation>
        </message>
        <message>
            <source>Alarms</source>
            <translation>Alarmes</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Retour</translation>
        </message>
        <message>
            <source>Close the window</source>
            <translation>Fermer la fenêtre</translation>
        </message>
        <message>
            <source>Colour vision</source>
            <translation>Vision des couleurs</translation>
        </message>
        <message>
            <source>Connections</source>
            <translation>Connexions</translation>
        </message>
        <message>
            <source>Event log</source>
            <translation>Journal de marche</translation>
        </message>
        <message>
            <source>Forward</source>
            <translation>Suivant</translation>
        </message>
        <message>
            <source>Full screen</source>
            <translation>Plein écran</translation>
        </message>
        <message>
            <source>Home screen</source>
            <translation>Vue d’accueil</translation>
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>Raccourcis clavier</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Langue</translation>
        </message>
        <message>
            <source>Light or dark theme</source>
            <translation>Thème clair ou sombre</translation>
        </message>
        <message>
            <source>Mark this screen as a favourite</source>
            <translation>Marquer cette vue comme favorite</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>Menu</translation>
        </message>
        <message>
            <source>Open this screen in a window of its own</source>
            <translation>Ouvrir cette vue dans sa propre fenêtre</translation>
        </message>
        <message>
            <source>Screens</source>
            <translation>Vues</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>Chercher</translation>
        </message>
        <message>
            <source>Show or hide the navigation</source>
            <translation>Afficher ou masquer la navigation</translation>
        </message>
        <message>
            <source>Silence this window's horn, acknowledge nothing</source>
            <translation>Couper le son de cette fenêtre, sans rien acquitter</translation>
        </message>
        <message>
            <source>Trend</source>
            <translation>Courbes</translation>
        </message>
        <message>
            <source>Why this value?</source>
            <translation>Pourquoi cette valeur ?</translation>
        </message>
        <message>
            <source>{text} ({key})</source>
            <translation>{text} ({key})</translation>
        </message>
    </context>
    <context>
        <name>WindowBody</name>
        <message>
            <source>Alarm performance</source>
            <translation>Bilan des alarmes</translation>
        </message>
        <message>
            <source>Alarms</source>
            <translation>Alarmes</translation>
        </message>
        <message>
            <source>Connections</source>
            <translation>Connexions</translation>
        </message>
        <message>
            <source>Event log</source>
            <translation>Journal de marche</translation>
        </message>
        <message>
            <source>Trend</source>
            <translation>Courbes</translation>
        </message>
    </context>
    <context>
        <name>Workspace</name>
        <message>
            <source>Not acknowledged: there is no connection to the station.</source>
            <translation>Non acquitté : pas de connexion à la station.</translation>
        </message>
        <message>
            <source>This alarm is acknowledged with a comment only.</source>
            <translation>Cette alarme ne s’acquitte qu’avec un commentaire.</translation>
        </message>
    </context>
    <context>
        <name>WorkspacePages</name>
        <message>
            <source>Export the alarm journal</source>
            <translation>Exporter le journal des alarmes</translation>
        </message>
        <message>
            <source>Export the event log</source>
            <translation>Exporter le journal de marche</translation>
        </message>
        <message>
            <source>alarm-journal</source>
            <translation>journal-des-alarmes</translation>
        </message>
        <message>
            <source>event-log</source>
            <translation>journal-de-marche</translation>
        </message>
    </context>
    <context>
        <name>WriteDesk</name>
        <message>
            <source>Writing {value} to {path}…</source>
            <translation>Écriture de {value} dans {path}…</translation>
        </message>
        <message>
            <source>{path} is now {value}.</source>
            <translation>{path} vaut maintenant {value}.</translation>
        </message>
        <message>
            <source>{path} was not written: {text}</source>
            <translation>{path} n’a pas été écrite : {text}</translation>
        </message>
        <message>
            <source>{path}: no confirmation. {text}</source>
            <translation>{path} : pas de confirmation. {text}</translation>
        </message>
        <message>
            <source>{path}: {wanted} was asked for, the controller holds {held}. {text}</source>
            <translation>{path} : {wanted} demandé, l’automate contient {held}. {text}</translation>
        </message>
        <message>
            <source>{user}: {sentence}</source>
            <translation>{user} : {sentence}</translation>
        </message>
    </context>
</TS>

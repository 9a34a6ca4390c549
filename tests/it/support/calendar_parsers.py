"""Keeps a calendar by the messages on standard input, as RFC 5546 3.2 says, once by each parser.

Input: a JSON list of VCALENDAR texts in their order. Output: a JSON object of parser to the list of
events after each message; an event is [UID, SEQUENCE, start in UTC, SUMMARY].
"""

import json
import sys

import icalendar
import vobject


def read_by_icalendar(text):
    calendar = icalendar.Calendar.from_ical(text)
    for event in calendar.walk("VEVENT"):
        start = event["DTSTART"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        yield str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), start, str(event["SUMMARY"])


def read_by_vobject(text):
    calendar = vobject.readOne(text)
    for event in calendar.vevent_list:
        start = event.dtstart.value.strftime("%Y-%m-%dT%H:%M:%SZ")
        yield calendar.method.value, event.uid.value, int(event.sequence.value), start, event.summary.value


def kept(read, messages):
    events, history = {}, []
    for message in messages:
        for method, uid, sequence, start, summary in read(message):
            if uid in events and events[uid][1] > sequence:
                continue
            if method == "CANCEL":
                events.pop(uid, None)
            else:
                events[uid] = [uid, sequence, start, summary]
        history.append(sorted(events.values()))
    return history


messages = json.load(sys.stdin)
json.dump({"icalendar": kept(read_by_icalendar, messages), "vobject": kept(read_by_vobject, messages)}, sys.stdout)

import { dayOfWeek, integer, pool, templates, type ToolSpec } from './toolSpec.ts';

export const calendarTools: readonly ToolSpec[] = [
  {
    noun: 'event',
    verbs: ['create', 'add', 'new'],
    domain: 'calendar',
    description: 'Puts an event into the calendar.',
    parameters: { title: pool('title'), day: dayOfWeek, hour: integer(7, 21) },
    requests: templates({
      base: 'create an event {title} on {day} at {hour} / add {title} to my calendar on {day} at {hour} / schedule {title} for {day} at {hour} / new event {title} {day} at {hour}',
      loop: 'put {title} in my calendar for {day} {hour} / book {title} on {day} at {hour} / i have {title} on {day} at {hour} / on {day} at {hour} plan {title}',
      wide: '{title} is on {day} at {hour} please save it / at {hour} on {day} there is {title} / block {day} {hour} for {title} / set up {title} at {hour} on {day}',
      held: 'on {day} i have {title} at {hour} / save the event {title} for {day} {hour} / {day} at {hour} put {title} in the calendar',
    }),
    missing: {
      hour: templates({
        base: 'add {title} to my calendar on {day} / create an event {title} on {day}',
        loop: 'put {title} in my calendar for {day} / book {title} on {day}',
        wide: 'set up {title} on {day} / {title} is on {day} please save it',
        held: 'on {day} i have {title} / save the event {title} for {day}',
      }),
      day: templates({
        base: 'schedule {title} at {hour} / add {title} to my calendar at {hour}',
        loop: 'book {title} at {hour} / i have {title} at {hour}',
        wide: 'at {hour} there is {title} / set up {title} at {hour}',
        held: 'put {title} in the calendar at {hour} / save the event {title} for {hour}',
      }),
    },
  },
  {
    noun: 'calendar',
    verbs: ['read', 'show', 'list'],
    domain: 'calendar',
    description: 'Events of a day.',
    parameters: { day: dayOfWeek },
    requests: templates({
      base: 'what is on my calendar on {day} / list my events on {day} / show my events for {day} / show me the calendar for {day}',
      loop: 'am i free on {day} / what do i have on {day} / {day} events / do i have plans on {day}',
      wide: 'how busy is my {day} / on {day} what is planned / tell me my plans for {day} / read out {day} for me',
      held: 'what is planned for {day} / is my {day} busy or free / on {day} which events do i have',
    }),
    missing: {
      day: templates({
        base: 'list my events / what is on my calendar',
        loop: 'what do i have planned / do i have plans',
        wide: 'read out my calendar / tell me my plans',
        held: 'which events do i have / am i busy or free',
      }),
    },
  },
  {
    noun: 'date',
    verbs: ['change', 'move', 'shift'],
    domain: 'calendar',
    description: 'Moves an event to another day.',
    parameters: { event_id: integer(1000, 9999), day: dayOfWeek },
    requests: templates({
      base: 'move event {event_id} to {day} / reschedule event {event_id} to {day} / shift event {event_id} to {day} / change event {event_id} to {day}',
      loop: 'event {event_id} should be on {day} / push {event_id} to {day} / let event {event_id} happen on {day} / {day} is better for event {event_id}',
      wide: 'put off event {event_id} until {day} / make it {day} for event {event_id} / for event {event_id} pick {day} / bring event {event_id} to {day}',
      held: '{event_id} is an event to move to {day} / on {day} instead for event {event_id} / let us push event {event_id} until {day}',
    }),
    missing: {
      day: templates({
        base: 'move event {event_id} / reschedule event {event_id}',
        loop: 'push event {event_id} / event {event_id} should be on another day',
        wide: 'put off event {event_id} / for event {event_id} pick another day',
        held: '{event_id} is an event to move / let us push event {event_id}',
      }),
    },
    follows: {
      after: 'event',
      id: 'event_id',
      requests: templates({
        base: 'move it to {day} / reschedule it to {day} / shift it to {day}',
        loop: 'it should be on {day} / push it to {day} / {day} is better',
        wide: 'put it off until {day} / make it {day} / bring it to {day}',
        held: 'on {day} instead / let us push it until {day} / no {day} is better for it',
      }),
    },
  },
  {
    noun: 'reminder',
    verbs: ['set', 'create', 'add'],
    domain: 'calendar',
    description: 'Reminds of a task after some minutes.',
    parameters: { text: pool('task'), minutes: integer(5, 90) },
    requests: templates({
      base: 'remind me to {text} in {minutes} minutes / set a reminder to {text} in {minutes} minutes / in {minutes} minutes remind me to {text} / reminder to {text} in {minutes} minutes',
      loop: 'i must {text} in {minutes} minutes / {minutes} minutes from now i should {text} / do not let me forget to {text} in {minutes} minutes / ping me in {minutes} minutes to {text}',
      wide: 'after {minutes} minutes tell me to {text} / {text} in {minutes} minutes please remind me / wake me in {minutes} minutes to {text} / give me {minutes} minutes then remind me to {text}',
      held: 'in {minutes} minutes i must {text} / tell me in {minutes} minutes to {text} / please do not let me forget in {minutes} minutes i should {text}',
    }),
    missing: {
      minutes: templates({
        base: 'remind me to {text} / set a reminder to {text}',
        loop: 'do not let me forget to {text} / ping me to {text}',
        wide: 'tell me to {text} / {text} please remind me',
        held: 'please remind me i must {text} / please do not let me forget i should {text}',
      }),
      text: templates({
        base: 'remind me in {minutes} minutes / set a reminder in {minutes} minutes',
        loop: 'ping me in {minutes} minutes / i must do something in {minutes} minutes',
        wide: 'wake me in {minutes} minutes / give me {minutes} minutes then remind me',
        held: 'tell me in {minutes} minutes / please do not let me forget in {minutes} minutes',
      }),
    },
  },
];

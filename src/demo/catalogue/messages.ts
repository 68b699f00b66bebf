import { flag, optional, pool, templates, type ToolSpec } from './toolSpec.ts';

export const messageTools: readonly ToolSpec[] = [
  {
    noun: 'message',
    verbs: ['send', 'write', 'post'],
    domain: 'messages',
    description: 'Sends a text message.',
    parameters: { to: pool('person'), text: pool('message'), urgent: optional(flag()) },
    requests: templates({
      base: 'send a message to {to} saying {text} / message {to} that {text} / text {to} that {text} / send an {urgent=true:urgent} message to {to} saying {text}',
      loop: 'let {to} know that {text} / write {to} that {text} / {urgent=true:urgent} let {to} know that {text} / drop {to} a line that {text}',
      wide: '{to} should hear that {text} / can you inform {to} that {text} / it is {urgent=true:urgent} inform {to} that {text} / say to {to} that {text}',
      held: '{to} must know that {text} / write a message that {text} to {to} / {urgent=true:urgent} tell {to} that {text}',
    }),
    missing: {
      text: templates({
        base: 'send a message to {to} / text {to}',
        loop: 'i want to write {to} / drop {to} a line',
        wide: 'can you inform {to} / say something to {to}',
        held: 'drop a message to {to} / write a message to {to}',
      }),
      to: templates({
        base: 'send a message saying {text} / send an {urgent=true:urgent} message saying {text}',
        loop: 'let them know that {text} / write that {text}',
        wide: 'say that {text} / it is {urgent=true:urgent} inform them that {text}',
        held: 'write a message that {text} / {urgent=true:urgent} tell them that {text}',
      }),
    },
  },
  {
    noun: 'contact',
    verbs: ['call', 'ring', 'dial'],
    domain: 'messages',
    description: 'Phones a person.',
    parameters: { name: pool('person'), speaker: optional(flag()) },
    requests: templates({
      base: 'call {name} / phone {name} {speaker=true:on speaker} / make a call to {name} / call {name} {speaker=true:on speaker}',
      loop: 'ring {name} / get {name} on the phone / i want to talk to {name} {speaker=true:on speaker} / dial {name}',
      wide: 'put me through to {name} / {speaker=true:on speaker} please dial {name} / can you reach {name} by phone / i have to speak with {name}',
      held: 'get me through to {name} / i want {name} on the phone {speaker=true:on speaker} / please ring {name} now',
    }),
    missing: {
      name: templates({
        base: 'make a call / make a call {speaker=true:on speaker}',
        loop: 'i want to talk on the phone / dial somebody',
        wide: 'please dial / i have to speak with somebody',
        held: 'get me on the phone / please ring somebody',
      }),
    },
  },
  {
    noun: 'mail',
    verbs: ['search', 'find', 'read'],
    domain: 'messages',
    description: 'Searches the mailbox by sender.',
    parameters: { sender: pool('person'), unread: optional(flag()) },
    requests: templates({
      base: 'search mail from {sender} / find mails from {sender} / show {unread=true:unread} mail from {sender} / search my mail for {sender}',
      loop: 'did {sender} mail me / what did {sender} send me by mail / any {unread=true:unread} mail of {sender} / look in my mail for {sender}',
      wide: 'is there mail by {sender} / {unread=true:unread} mails by {sender} please / pull up what {sender} mailed / open the mails of {sender}',
      held: 'did i get mail from {sender} / look for {unread=true:unread} mails of {sender} / what has {sender} mailed me',
    }),
    missing: {
      sender: templates({
        base: 'search my mail / find a mail',
        loop: 'look in my mail / did somebody mail me',
        wide: 'open the mails / pull up that mail',
        held: 'look for a mail / did i get that mail',
      }),
    },
  },
];

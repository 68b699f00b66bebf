import { dayOfWeek, number, oneOf, pool, record, templates, type ToolSpec } from './toolSpec.ts';

const currency = oneOf('euros|dollars|pounds|yen|francs|pesos|rupees');

export const travelTools: readonly ToolSpec[] = [
  {
    noun: 'train',
    verbs: ['book', 'reserve', 'take'],
    domain: 'travel',
    description: 'Books a train ticket.',
    parameters: { route: record({ from: pool('city'), to: pool('city') }), day: dayOfWeek },
    requests: templates({
      base: 'book a train from {route.from} to {route.to} on {day} / train from {route.from} to {route.to} on {day} / get a train ticket from {route.from} to {route.to} for {day} / reserve a seat on the train from {route.from} to {route.to} on {day}',
      loop: 'i take the train from {route.from} to {route.to} on {day} / a ticket from {route.from} to {route.to} for {day} please / on {day} i travel by train from {route.from} to {route.to} / get me from {route.from} to {route.to} by train on {day}',
      wide: 'i need to go from {route.from} to {route.to} by rail on {day} / can you put me on the {day} train from {route.from} to {route.to} / on {day} by train to {route.to} from {route.from} / {day} train {route.from} to {route.to}',
      held: 'i want to travel from {route.from} to {route.to} by train on {day} / on {day} get me a ticket from {route.from} to {route.to} / a seat from {route.from} to {route.to} on the {day} train',
    }),
    missing: {
      day: templates({
        base: 'book a train from {route.from} to {route.to} / train from {route.from} to {route.to}',
        loop: 'i take the train from {route.from} to {route.to} / get me from {route.from} to {route.to} by train',
        wide: 'i need to go from {route.from} to {route.to} by rail / can you put me on a train from {route.from} to {route.to}',
        held: 'i want to travel from {route.from} to {route.to} by train / a seat from {route.from} to {route.to} on the train',
      }),
      route: templates({
        base: 'book a train on {day} / get a train ticket for {day}',
        loop: 'i take the train on {day} / a ticket for {day} please',
        wide: 'i need to go by rail on {day} / can you put me on the {day} train',
        held: 'i want to travel by train on {day} / a seat on the {day} train',
      }),
    },
  },
  {
    noun: 'money',
    verbs: ['convert', 'exchange', 'change'],
    domain: 'travel',
    description: 'Converts an amount of money.',
    parameters: { amount: number(1, 250, 0.5), from: currency, to: currency },
    requests: templates({
      base: 'convert {amount} {from} to {to} / change {amount} {from} into {to} / exchange {amount} {from} for {to} / how much is {amount} {from} in {to}',
      loop: 'what do i get in {to} for {amount} {from} / {amount} {from} to {to} / i have {amount} {from} and want {to} / turn {amount} {from} into {to}',
      wide: 'give me {to} for {amount} {from} / {amount} {from} makes how many {to} / i would swap {amount} {from} for {to} / price {amount} {from} in {to}',
      held: 'how many {to} do i get for {amount} {from} / i want to change {amount} {from} into {to} / swap {amount} {from} and give me {to}',
    }),
    missing: {
      to: templates({
        base: 'convert {amount} {from} / change {amount} {from}',
        loop: 'what do i get for {amount} {from} / i have {amount} {from} to turn into something else',
        wide: 'i would swap {amount} {from} / {amount} {from} makes how much',
        held: 'swap {amount} {from} / i want to change {amount} {from}',
      }),
      amount: templates({
        base: 'convert {from} to {to} / exchange {from} for {to}',
        loop: 'turn {from} into {to} / i have {from} and want {to}',
        wide: 'give me {to} for {from} / i would swap {from} for {to}',
        held: 'how many {to} do i get for {from} / i want to change {from} into {to}',
      }),
    },
  },
];

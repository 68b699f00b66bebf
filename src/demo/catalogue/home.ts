import { flag, number, oneOf, optional, pool, templates, type ToolSpec } from './toolSpec.ts';

export const homeTools: readonly ToolSpec[] = [
  {
    noun: 'light',
    verbs: ['set', 'switch', 'control'],
    domain: 'home',
    description: 'Switches the light of a room.',
    parameters: { room: pool('room'), on: flag(), color: optional(oneOf('red|blue|green|warm|white')) },
    requests: templates({
      base: '{on?turn on:turn off} the light in the {room} / {on?switch on:switch off} the {room} light / {on=true:turn on} the {color} light in the {room} / {on?turn on:turn off} the {room} light',
      loop: 'light {on?on:off} in the {room} / make the {room} {on?bright:dark} / i want {color} light {on=true:on} in the {room} / the {room} light should be {on?on:off}',
      wide: 'can you get the {room} {on?bright:dark} / in the {room} the light goes {on?on:off} / {on=true:switch on} {color} in the {room} / no need to be {on?dark:bright} in the {room}',
      held: 'the light in the {room} should go {on?on:off} / in the {room} i want it {on?bright:dark} / {on=true:on} with the {color} light in the {room}',
    }),
    missing: {
      room: templates({
        base: '{on?turn on:turn off} the light / {on=true:switch on} the {color} light',
        loop: 'make it {on?bright:dark} / i want {color} light {on=true:on}',
        wide: 'the light goes {on?on:off} / no need to be {on?dark:bright}',
        held: 'i want it {on?bright:dark} in here / the light should go {on?on:off}',
      }),
    },
  },
  {
    noun: 'temperature',
    verbs: ['set', 'change', 'adjust'],
    domain: 'home',
    description: 'Heats a room to a temperature in degrees Celsius.',
    parameters: { room: pool('room'), degrees: number(14, 28, 0.5) },
    requests: templates({
      base: 'set the {room} to {degrees} degrees / set the temperature in the {room} to {degrees} / heat the {room} to {degrees} degrees / change the {room} temperature to {degrees}',
      loop: 'make the {room} {degrees} degrees / i want {degrees} degrees in the {room} / {room} at {degrees} degrees / the {room} should have {degrees} degrees',
      wide: 'warm up the {room} to {degrees} / keep {degrees} degrees in the {room} / in the {room} go for {degrees} degrees / get the {room} at {degrees}',
      held: 'in the {room} i want {degrees} degrees / the temperature of the {room} should be {degrees} / keep the {room} at {degrees} degrees',
    }),
    missing: {
      degrees: templates({
        base: 'heat the {room} / set the temperature in the {room}',
        loop: 'change how warm the {room} is / i want another temperature in the {room}',
        wide: 'warm up the {room} / in the {room} go for more degrees',
        held: 'the {room} should have another temperature / keep the {room} warm',
      }),
      room: templates({
        base: 'set the temperature to {degrees} / heat it to {degrees} degrees',
        loop: 'make it {degrees} degrees / i want {degrees} degrees',
        wide: 'warm up to {degrees} / keep {degrees} degrees',
        held: 'the temperature should be {degrees} / keep it at {degrees} degrees',
      }),
    },
  },
  {
    noun: 'door',
    verbs: ['lock', 'control', 'secure'],
    domain: 'home',
    description: 'Locks or unlocks a door.',
    parameters: { door: oneOf('front|back|garage|cellar'), locked: flag() },
    requests: templates({
      base: '{locked?lock:unlock} the {door} door / please {locked?lock:unlock} the {door} door / {locked?close:open} the {door} door / {locked?lock:unlock} {door} door now',
      loop: 'the {door} door should be {locked?locked:unlocked} / i want the {door} door {locked?closed:open} / {door} door {locked?locked:unlocked} please / make sure the {door} door is {locked?locked:unlocked}',
      wide: 'is the {door} door {locked?closed:open} if not do it / keep the {door} door {locked?locked:unlocked} / {locked?shut:open} up at the {door} / get the {door} door {locked?locked:unlocked}',
      held: 'i want to have the {door} door {locked?locked:unlocked} / {door} door please {locked?close:open} it / the {door} door must be {locked?closed:open}',
    }),
    missing: {
      door: templates({
        base: '{locked?lock:unlock} the door / {locked?close:open} the door',
        loop: 'i want the door {locked?closed:open} / make sure the door is {locked?locked:unlocked}',
        wide: 'get the door {locked?locked:unlocked} / keep the door {locked?locked:unlocked}',
        held: 'the door must be {locked?closed:open} / i want to have the door {locked?locked:unlocked}',
      }),
    },
  },
];

import { flag, integer, optional, pool, record, templates, type ToolSpec } from './toolSpec.ts';

export const foodTools: readonly ToolSpec[] = [
  {
    noun: 'table',
    verbs: ['book', 'reserve', 'get'],
    domain: 'food',
    description: 'Reserves a table at a restaurant.',
    parameters: { place: pool('place'), guests: record({ adults: integer(1, 9), children: optional(integer(1, 6)) }), hour: integer(17, 22) },
    requests: templates({
      base: 'book a table at {place} for {guests.adults} adults and {guests.children} children at {hour} / reserve a table at {place} at {hour} for {guests.adults} adults / table for {guests.adults} adults with {guests.children} children at {place} at {hour} / book {place} for {guests.adults} adults at {hour}',
      loop: 'we are {guests.adults} adults with {guests.children} children and want to eat at {place} at {hour} / get us into {place} at {hour} we are {guests.adults} adults / dinner at {place} for {guests.adults} adults and {guests.children} children at {hour} / at {hour} a table for {guests.adults} adults at {place}',
      wide: '{guests.adults} adults of us go to {place} at {hour} please reserve / {place} at {hour} for {guests.adults} adults with {guests.children} children please / hold seats at {place} for {hour} we bring {guests.adults} adults and {guests.children} children / can {guests.adults} adults eat at {place} at {hour}',
      held: 'we want dinner at {place} at {hour} for {guests.adults} adults / {guests.adults} adults and {guests.children} children want a table at {hour} at {place} / at {place} reserve for {guests.adults} adults with {guests.children} children at {hour}',
    }),
    missing: {
      guests: templates({
        base: 'book a table at {place} at {hour} / reserve a table at {place} at {hour}',
        loop: 'dinner at {place} at {hour} / get us into {place} at {hour}',
        wide: '{place} at {hour} please / hold seats at {place} for {hour}',
        held: 'i want to eat at {place} at {hour} / we want dinner at {place} at {hour}',
      }),
      hour: templates({
        base: 'table for {guests.adults} adults at {place} / book a table at {place} for {guests.adults} adults and {guests.children} children',
        loop: 'get us into {place} we are {guests.adults} adults / we are {guests.adults} adults with {guests.children} children and want to eat at {place}',
        wide: 'can {guests.adults} adults eat at {place} / {guests.adults} adults of us go to {place} please reserve',
        held: 'at {place} reserve for {guests.adults} adults with {guests.children} children / {guests.adults} adults want a table at {place}',
      }),
    },
  },
  {
    noun: 'recipe',
    verbs: ['find', 'search', 'show'],
    domain: 'food',
    description: 'Finds a recipe.',
    parameters: { dish: pool('dish'), vegan: optional(flag()) },
    requests: templates({
      base: 'find a recipe for {dish} / show me a {vegan=true:vegan} recipe for {dish} / recipe for {dish} / search a recipe for {dish}',
      loop: 'how do i cook {dish} / i want to cook {vegan=true:vegan} {dish} / teach me to make {dish} / what goes into {dish}',
      wide: 'i feel like cooking {dish} tonight / is there a {vegan=true:vegan} way to make {dish} / how is {dish} made / steps for {dish} please',
      held: 'tell me how to cook {dish} / i want to make {vegan=true:vegan} {dish} / what do i do to make {dish}',
    }),
    missing: {
      dish: templates({
        base: 'find a recipe / show me a {vegan=true:vegan} recipe',
        loop: 'i want to cook something / teach me a {vegan=true:vegan} recipe',
        wide: 'teach me a dish / i feel like cooking tonight',
        held: 'tell me how to cook / i want to make something {vegan=true:vegan}',
      }),
    },
  },
];

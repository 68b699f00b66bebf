import { integer, oneOf, optional, pool, templates, type ToolSpec } from './toolSpec.ts';

export const weatherTools: readonly ToolSpec[] = [
  {
    noun: 'weather',
    verbs: ['get', 'check', 'show'],
    domain: 'weather',
    description: 'Weather of a city, now or on a day.',
    parameters: { city: pool('city'), day: optional(oneOf('today|tomorrow')) },
    requests: templates({
      base: 'what is the weather in {city} / weather in {city} {day} / show me the weather for {city} / how is the weather {day} in {city}',
      loop: 'will it be sunny in {city} {day} / i need the weather of {city} / is it nice outside in {city} / {city} weather {day}',
      wide: '{day} in {city} what is the weather like / do i need an umbrella in {city} / can you check if it is warm in {city} {day} / tell me about the weather over in {city}',
      held: 'what is it like outside in {city} {day} / is it going to be warm or sunny {day} in {city} / for {city} check the weather',
    }),
    missing: {
      city: templates({
        base: 'what is the weather {day} / show me the weather',
        loop: 'will it be sunny {day} / i need the weather',
        wide: 'do i need an umbrella {day} / {day} what is the weather like',
        held: 'is it nice outside {day} / check the weather {day}',
      }),
    },
  },
  {
    noun: 'forecast',
    verbs: ['get', 'read', 'fetch'],
    domain: 'weather',
    description: 'Weather of the coming days in a city.',
    parameters: { city: pool('city'), days: integer(2, 14) },
    requests: templates({
      base: '{days} day forecast for {city} / give me the forecast for {city} for {days} days / forecast for {city} over {days} days / show the {days} day forecast in {city}',
      loop: 'what will {city} be like over the next {days} days / i want the next {days} days of forecast in {city} / {city} forecast {days} days / plan {days} days ahead in {city}',
      wide: 'for the next {days} days how does {city} look / {days} days of weather ahead for {city} / can you look {days} days ahead for {city} / in {city} what does the forecast say for {days} days',
      held: 'how does the forecast look over {days} days in {city} / look at {city} for the next {days} days / over the next {days} days what is the forecast of {city}',
    }),
    missing: {
      days: templates({
        base: 'give me the forecast for {city} / show the forecast in {city}',
        loop: 'i want the forecast in {city} / plan some days ahead in {city}',
        wide: 'in {city} what does the forecast say / can you look ahead for {city}',
        held: 'how does the forecast look in {city} / for the next days what is the forecast of {city}',
      }),
      city: templates({
        base: 'give me the forecast for {days} days / show the {days} day forecast',
        loop: 'i want the next {days} days of forecast / plan {days} days ahead',
        wide: 'can you look {days} days ahead / what does the forecast say for {days} days',
        held: 'how does the forecast look over {days} days / look at the next {days} days',
      }),
    },
  },
];

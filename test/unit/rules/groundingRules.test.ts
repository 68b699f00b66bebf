import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { hitsOf, type RuleCase } from '../../builders/ruleHits.ts';

type Row = readonly [what: string, rule: RuleCase, found: boolean];

const integer = { type: 'integer' };
const number = { type: 'number' };
const text = { type: 'string' };
const flag = { type: 'boolean', default: false, description: 'Hour by hour' };

const one = (request: string, schema: JsonObject, value: JsonObject[string], optional = false): RuleCase => ({ request, properties: { x: schema }, calls: [{ x: value }], ...(optional ? { optional: ['x'] } : {}) });

function check(rule: string, rows: readonly Row[]): void {
  describe(rule, () => {
    test.each(rows)('%s', (_what, sample, found) => {
      expect(hitsOf(sample).map((hit) => hit.rule).includes(rule)).toBe(found);
    });
  });
}

check('ungrounded-number', [
  ['finds a number out of nowhere', one('the next three days', integer, 45), true],
  ['finds one in a list', one('the scores 31 and 52', { type: 'array', items: integer }, [31, 53000]), true],
  ['finds a small one', one('the next few days', integer, 12), true],
  ['knows digits', one('45 days', integer, 45), false],
  ['knows thousands separators', one('pay $1,250,000 now', integer, 1250000), false],
  ['knows k and M', one('2.5k steps, 3M people', { type: 'array', items: number }, [2500, 3e6]), false],
  ['knows words', one('twenty-five people and two hundred thousand dollars', { type: 'array', items: integer }, [25, 200000]), false],
  ['knows ordinals', one('on the 23rd', integer, 23), false],
  ['knows a percentage as a fraction', one('at 7%', number, 0.07), false],
  ['knows fractions', one('3/4 of it', number, 0.75), false],
  ['knows hours in minutes', one('for 3 hours', integer, 180), false],
  ['knows hours after noon', one('at 6 pm', integer, 18), false],
  ['knows kilometres in metres', one('5.2 km', integer, 5200), false],
  ['knows Fahrenheit', one('100 degrees Fahrenheit', number, 37.8), false],
  ['knows feet and inches', one('6 feet 2 inches', integer, 74), false],
  ['knows metric prefixes', one('50mH', number, 0.05), false],
  ['knows sums and differences', one('from 1995 to 2020', integer, 25), false],
  ['knows months', one('in November', integer, 11), false],
  ['knows counts', one('apples, pears, plums and figs', integer, 4), false],
  ['knows the default', one('hello', { ...integer, default: 77 }, 77), false],
  ['knows what the description names', one('hello', { ...integer, description: 'At most 99' }, 99), false],
  ['knows where places are', { request: 'weather in Oslo', properties: { latitude: number }, calls: [{ latitude: 59.91 }] }, false],
  ['knows how many cards there are', one('a card of a deck', integer, 52), false],
  ['knows the days of a month', one('the coming month', integer, 30), false],
  ['knows constants of nature', one('free fall', number, 9.81), false],
  ['says nothing of possible answers of which one has ground', { request: 'at 7%', properties: { x: number }, possible: [{ x: [0.07, 700.5] }] }, false],
  ['says nothing without a request', one('', integer, 45), false],
]);

test('ungrounded-number only warns of small numbers', () => {
  const severity = (value: number): string | undefined => hitsOf(one('the next few days', integer, value)).find((hit) => hit.rule === 'ungrounded-number')?.severity;
  expect([severity(12), severity(1234)]).toEqual(['warning', 'error']);
});

check('ungrounded-text', [
  ['knows commands', one('list my files', text, 'dir C:\\'), false],
  ['knows where cities lie', { request: 'crimes in San Diego', properties: { city: text, state: text }, calls: [{ city: 'San Diego', state: 'California' }] }, false],
  ['finds a state without a city', { request: 'crimes of last year', properties: { state: text }, calls: [{ state: 'California' }] }, true],
  ['knows nicknames of cities', one('rooms in Chi-town', text, 'Chicago, IL'), false],
  ['knows colours by their numbers', one('a light blue wall', text, '#ADD8E6'), false],
  ['knows the sign of a currency', one('a cream for $75', text, 'USD'), false],
  ['finds a currency without its sign', one('a cream for $75', text, 'EUR'), true],
  ['knows the days of a weekend', one('this weekend in Oslo', text, 'Sunday'), false],
  ['finds a day that nobody named', one('a walk in Oslo', text, 'Sunday'), true],
  ['knows formulas', one('the function x^2', text, 'lambda x: x**2'), false],
  ['knows Chinese words put together', one('一双Nike的运动鞋', text, 'Nike运动鞋'), false],
  ['finds Chinese words of which none is said', one('一双Nike的运动鞋', text, '皮外套'), true],
  ['finds another place', one('weather in the Serengeti', text, 'Africa'), true],
  ['finds a guessed maker', one('an instrument for $1000', text, 'Violin'), true],
  ['knows the text itself', one('weather in Oslo', text, 'oslo'), false],
  ['knows other cases, accents and marks', one('weather in São-Paulo', text, 'SAO PAULO'), false],
  ['knows plurals and word forms', one('vegetarian restaurants, walking', text, 'restaurant walk'), false],
  ['knows initials', one('weather in New York City', text, 'NYC'), false],
  ['knows what initials stand for', one('hotels in LA', text, 'Los Angeles, CA'), false],
  ['knows codes of countries', one('news from Germany', text, 'DE'), false],
  ['knows codes of currencies', one('to Japanese yen', text, 'JPY'), false],
  ['knows codes of languages', one('translate it to French', text, 'fr'), false],
  ['knows short forms', one('how is it in February', text, 'Feb'), false],
  ['leaves tickers alone', one('Apple shares', { ...text, description: 'Ticker symbol' }, 'TSLA'), false],
  ['leaves enums alone', one('how hot', { ...text, enum: ['celsius', 'kelvin'] }, 'kelvin'), false],
  ['leaves defaults alone', one('how hot', { ...text, description: "Defaults to 'everywhere'" }, 'everywhere'), false],
  ['leaves translations alone', one('北京的天气', text, 'Beijing'), false],
]);

check('ungrounded-date', [
  ['finds another day', one('flights on 5 March 2024', text, '2024-03-06'), true],
  ['finds another month', one('flights on 5 March 2024', text, '2024-04-05'), true],
  ['knows dates in words', one('flights on March 5th, 2024', text, '2024-03-05'), false],
  ['knows other orders', one('flights on 05/03/2024', text, '2024-03-05'), false],
  ['knows an open year', one('flights on March 5th', text, '2024-03-05'), false],
  ['does not know what relative words mean', one('flights next Tuesday', text, '2024-03-05'), false],
  ['knows ends of months', one('sales of March 2024', text, '2024-03-31'), false],
]);

check('date-value', [
  ['finds a day that no calendar has', one('on 30 February', text, '2024-02-30'), true],
  ['finds another form than the described one', one('on 3/12/2024', { ...text, description: 'in the format YYYY-MM-DD' }, '03/12/2024'), true],
  ['knows leap years', one('on 29 February 2024', text, '2024-02-29'), false],
  ['knows days before months', one('on 25.12.2024', text, '25/12/2024'), false],
  ['knows that versions are no dates', one('version 1.2.3', text, '1.2.3'), false],
  ['takes the described form', one('on 12 March 2024', { ...text, description: 'in the format DD/MM/YYYY' }, '12/03/2024'), false],
]);

check('ungrounded-flag', [
  ['knows the contrary', one('active hosts alone', { type: 'boolean', default: false, description: 'Inactive ones' }, true), false],
  ['knows other words', one('a hotel of good reputation', { type: 'boolean', default: false, description: 'Excellent' }, true), false],
  ['finds a flag that nobody spoke of', one('the weather in Oslo', flag, true, true), true],
  ['knows the words of the description', one('the weather hour by hour', flag, true, true), false],
  ['knows the default', one('the weather in Oslo', flag, false, true), false],
  ['leaves flags without a default alone', one('the weather in Oslo', { type: 'boolean' }, true, true), false],
]);

check('miscopied-value', [
  ['finds swapped digits', one('order A-10432', text, 'A-10423'), true],
  ['finds another digit', one('card 4929117', text, '4929111'), true],
  ['knows the value itself', one('order A-10432', text, 'a-10432'), false],
  ['leaves values of another length alone', one('order A-10432', text, 'A-1043'), false],
  ['leaves dates alone', one('on 2024-03-05', text, '2024-03-06'), false],
]);

check('enum-against-request', [
  ['finds another member than the one said', one('in kelvin please', { ...text, enum: ['celsius', 'kelvin'] }, 'celsius'), true],
  ['knows the member said', one('in kelvin please', { ...text, enum: ['celsius', 'kelvin'] }, 'kelvin'), false],
  ['knows what is denied', one('not too pricey', { ...text, enum: ['moderate', 'pricey'] }, 'moderate'), false],
  ['leaves it where both are said', one('from celsius to kelvin', { ...text, enum: ['celsius', 'kelvin', 'rankine'] }, 'celsius'), false],
]);

check('option-left-out', [
  ['finds a forgotten unit', { request: 'Oslo, in kelvin', properties: { x: text, unit: { ...text, enum: ['celsius', 'kelvin'] } }, optional: ['unit'], calls: [{ x: 'Oslo' }] }, true],
  ['knows the default', { request: 'Oslo, in kelvin', properties: { x: text, unit: { ...text, enum: ['celsius', 'kelvin'], default: 'kelvin' } }, optional: ['unit'], calls: [{ x: 'Oslo' }] }, false],
  ['knows values elsewhere', { request: 'Oslo, in kelvin', properties: { x: text, unit: { ...text, enum: ['celsius', 'kelvin'] } }, optional: ['unit'], calls: [{ x: 'Oslo kelvin' }] }, false],
]);

check('swapped-arguments', [
  ['finds the way back', { request: 'a bus from Oslo to Rome', properties: { origin: text, destination: text }, calls: [{ origin: 'Rome', destination: 'Oslo' }] }, true],
  ['knows the way there', { request: 'a bus from Oslo to Rome', properties: { origin: text, destination: text }, calls: [{ origin: 'Oslo', destination: 'Rome' }] }, false],
  ['does not pair a city with a date', { request: 'a bus from Oslo to Rome', properties: { from_city: text, to_date: text }, calls: [{ from_city: 'Rome', to_date: 'Oslo' }] }, false],
]);

check('unit-mismatch', [
  ['finds kilometres under metres', one('a walk of 5 km', { ...integer, description: 'Length in meters' }, 5), true],
  ['finds a fraction under percent', one('at 5% a year', { ...number, description: 'Rate as a percentage' }, 0.05), true],
  ['finds a percentage under a fraction', one('at 5% a year', { ...number, description: 'Rate as a decimal' }, 5), true],
  ['knows a unit that another argument names', { request: 'a walk of 5 km', properties: { x: { ...integer, description: 'Length in meters' }, unit: text }, calls: [{ x: 5, unit: 'km' }] }, false],
  ['knows the same unit', one('a walk of 5 km', { ...integer, description: 'Length in kilometers' }, 5), false],
  ['knows a percentage', one('at 5% a year', { ...number, description: 'Rate as a percentage' }, 5), false],
  ['leaves other kinds of units alone', one('5 hours', { ...integer, description: 'Length in meters' }, 5), false],
]);

check('ungrounded-number', [
  ['knows Chinese numerals', one('贷款金额为20万美元', integer, 200000), false],
  ['knows a Chinese reduction', one('原价100美元，打八折', integer, 20), false],
  ['knows a decade in Chinese', one('90年代的电影', integer, 1990), false],
  ['finds another number beside Chinese ones', one('贷款金额为20万美元', integer, 250000), true],
  ['knows a deck of cards', one('a king from a deck of cards', integer, 52), false],
]);

check('ungrounded-date', [
  ['knows a date with points', one('an event on the date 2023.4.15', text, '2023-04-15'), false],
  ['knows a month with a point', one('the price at closing March.11, 2022', text, '2022-03-11'), false],
  ['finds another day', one('an event on the date 2023.4.15', text, '2023-04-16'), true],
  ['leaves the year open where a day has none', one('from September 1st on, at the end January 31st, 2023', text, '2022-09-01'), false],
  ['knows that a day has a year', one('on September 1st, 2023', text, '2022-09-01'), true],
]);

check('unused-mention', [
  ['finds a forgotten title', { request: "find 'The Hill' in Oslo", properties: { x: text, title: text }, optional: ['title'], calls: [{ x: 'Oslo' }] }, true],
  ['finds a title that another text stands for', one("find 'The Hill'", text, 'Mountains'), true],
  ['finds what another tool is for', { request: "make 'a.wav' at 440 Hz and at 880 Hz", properties: { x: integer }, calls: [{ x: 440 }, { x: 880 }], tools: [{ name: 'save', parameters: { type: 'object', properties: { file: text } } }] }, true],
  ['knows that there is no room for it', one("serialise `user` with the keys 'name' and 'age'", text, 'user'), false],
  ['knows room for numbers alone', { request: "serialise `user` with the keys 'name' and 'age'", properties: { x: text, depth: integer }, optional: ['depth'], calls: [{ x: 'user' }] }, false],
  ['knows a title in an argument', one("find 'The Hill' in Oslo", text, 'the hill'), false],
  ['leaves apostrophes alone', one("it's John's and Mary's", text, 'John'), false],
  ['leaves JSON alone', one('Result: {"status": "done", "list": ["a name", "another"]}', text, 'x'), false],
  ['finds a title beside JSON', one('find "The Hill" in {"city": "Oslo"}', text, 'hills'), true],
  ['knows a title behind its label', one("find 'Title1: The Hill'", text, 'The Hill'), false],
  ['leaves patterns of dates alone', one("as 'YYYY-MM-DD'", text, '%Y-%m-%d'), false],
]);

check('added-detail', [
  ['finds a country that nobody asked for', one('weather in Nairobi', { ...text, description: 'Name of the city' }, 'Nairobi, Kenya'), true],
  ['knows a format that asks for it', one('weather in Nairobi', { ...text, description: "In the format 'City, Country'" }, 'Nairobi, Kenya'), false],
  ['knows a country that is said', one('weather in Nairobi in Kenya', text, 'Nairobi, Kenya'), false],
  ['knows a description that speaks of states', one('salons in San Jose', { ...text, description: "The city, such as 'Austin, TX'. State names must be abbreviated." }, 'San Jose, CA'), false],
  ['finds the town of a street, whatever is asked for', one('a cab to 12 Grand Avenue', { ...text, description: "Formatted as 'Street, City, State'" }, '12 Grand Avenue, Oakland, CA'), true],
  ['knows the town of a street', one('a cab to 12 Grand Avenue in Oakland', { ...text, description: "Formatted as 'Street, City, State'" }, '12 Grand Avenue, Oakland, CA'), false],
  ['knows a town by its letters', one('a cab to 12 Grand Avenue, LA', { ...text, description: "Formatted as 'Street, City, State'" }, '12 Grand Avenue, Los Angeles, CA'), false],
]);

check('neighbours-value', [
  ['leaves places alone', { request: 'the animals of the Serengeti ecosystem', properties: { location: text, ecosystem: text }, calls: [{ location: 'Serengeti', ecosystem: 'Serengeti' }] }, false],
  ['finds an album as a track', { request: 'a track from the Blue Hours album', properties: { track: text, album: text }, calls: [{ track: 'Blue Hours', album: 'Blue Hours' }] }, true],
  ['knows what is said twice', { request: 'the track Blue Hours from the Blue Hours album', properties: { track: text, album: text }, calls: [{ track: 'Blue Hours', album: 'Blue Hours' }] }, false],
  ['knows what stands beside no name', { request: 'play Blue Hours', properties: { track: text, album: text }, calls: [{ track: 'Blue Hours', album: 'Blue Hours' }] }, false],
  ['leaves lists of values alone', { request: 'the green album', properties: { a: { type: 'string', enum: ['green'] }, album: text }, calls: [{ a: 'green', album: 'green' }] }, false],
]);

check('restated-tool', [
  ['finds a word of the tool', { request: 'a vegan soup in 30 minutes', name: 'get_vegan_recipe', properties: { minutes: integer, ingredients: { type: 'array', items: text, description: 'What to use' } }, optional: ['ingredients'], possible: [{ minutes: [30], ingredients: [['vegan']] }] }, true],
  ['knows another word', { request: 'a vegan soup with leek', name: 'get_vegan_recipe', properties: { ingredients: { type: 'array', items: text } }, optional: ['ingredients'], possible: [{ ingredients: [['leek']] }] }, false],
  ['knows what the description lists', { request: 'a vegan soup', name: 'get_vegan_recipe', properties: { diet: { ...text, description: 'Such as vegan' } }, optional: ['diet'], possible: [{ diet: ['vegan'] }] }, false],
  ['leaves required arguments alone', { request: 'a vegan soup', name: 'get_vegan_recipe', properties: { query: text }, possible: [{ query: ['vegan'] }] }, false],
]);

check('invented-name', [
  ['knows the name of another tool', { request: 'create a file', properties: { mode: text }, calls: [{ mode: 'createContent' }], tools: [{ name: 'files_createContent' }] }, false],
  ['finds a made-up function', one('call onDone at the end', text, 'handleResult'), true],
  ['finds source text', one('call onDone at the end', text, 'function(x) { return x; }'), true],
  ['knows the name', one('call onDone at the end', text, 'onDone'), false],
  ['knows joined words', one('the order status field', text, 'orderStatus'), false],
]);

check('list-cut-short', [
  ['finds what was cut off', one('for 5, 10 and 20 years', integer, 5), true],
  ['knows a call for each', { request: 'for 5 and 10 years', properties: { x: integer }, calls: [{ x: 5 }, { x: 10 }] }, false],
  ['knows other lists', one('for 5 and 10 years', integer, 3), false],
]);

check('wrapped-value', [
  ['finds a name inside of a program', one("the form field 'userField'", text, "document.getElementById('userField')"), true],
  ['knows the name', one("the form field 'userField'", text, 'userField'), false],
  ['knows what the request says', one("the form field 'userField' by getElementById('userField')", text, "getElementById('userField')"), false],
  ['leaves other texts alone', one("songs of 'Ann Bell'", text, 'artist:Ann Bell'), false],
]);

check('name-as-id', [
  ['finds a title', { request: 'play Roar', properties: { song_id: { ...text, description: 'The unique identifier of the song' } }, calls: [{ song_id: 'Roar' }] }, true],
  ['knows an identifier', { request: 'play r0ar_1', properties: { song_id: { ...text, description: 'The unique identifier of the song' } }, calls: [{ song_id: 'r0ar_1' }] }, false],
  ['knows identifiers that are names', { request: 'pay Ann', properties: { user_id: { ...text, description: 'The name or identifier of the receiver' } }, calls: [{ user_id: 'Ann' }] }, false],
  ['leaves other arguments alone', { request: 'play Roar', properties: { song: { ...text, description: 'The unique identifier of the song' } }, calls: [{ song: 'Roar' }] }, false],
]);

const twoTones = (request: string, volumes: readonly number[]): RuleCase => ({ request, properties: { volume: number }, calls: volumes.map((volume) => ({ volume })) });

check('unused-number', [
  ['finds a number that no call has', twoTones('play the first at 0.8 and the second at 0.65', [0.8, 0.5]), true],
  ['knows numbers that calls have', twoTones('play the first at 0.8 and the second at 0.65', [0.8, 0.65]), false],
  ['knows other units', twoTones('play the first at 80% and the second at 65%', [0.8, 0.65]), false],
  ['leaves numbers of list entries and names alone', twoTones('\n21. play A12 at 0.8\n22. play it at 0.65', [0.8, 0.65]), false],
  ['leaves one call alone', twoTones('play the first at 0.8 and the second at 0.65', [0.8]), false],
]);

check('described-format', [
  ['finds a city alone', one('in Paris', { ...text, description: "in the format of 'City, Country'" }, 'Paris'), true],
  ['finds words for a time', one('at noon', { ...text, description: 'Time as HH:MM' }, 'noon'), true],
  ['knows the format', one('in Paris', { ...text, description: "in the format of 'City, Country'" }, 'Paris, France'), false],
  ['finds it in other words', one('from Paris', { ...text, description: "formatted as 'City, State'" }, 'Paris'), true],
  ['finds a state in full', one('in Paris, Texas', { ...text, description: "'City, State'. State names must be abbreviated" }, 'Paris, Texas'), true],
  ['knows a state in short', one('in Paris, Texas', { ...text, description: "'City, State'. State names must be abbreviated" }, 'Paris, TX'), false],
  ['finds a nickname', one('rooms in Chi-town', { ...text, description: "In the format of 'City, State'" }, 'Chi-town, IL'), true],
  ['leaves other writing systems alone', one('北京', { ...text, description: "in the format of 'City, Country'" }, '北京'), false],
]);

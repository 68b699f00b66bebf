import type { Rng } from '../core/random/rng.ts';

/**
 * Values of a pool for one side of the split: `known` for training data, `new` for the held-out values. `varied` is `known`
 * with half of the words replaced by invented ones: with fixed lists a model recalls values, with invented ones it copies.
 */
export type Side = 'known' | 'new' | 'varied';
export type DataSide = Exclude<Side, 'varied'>;

const words = (text: string): readonly string[] => text.split(' ');

type BySide<T> = Readonly<Record<DataSide, T>>;

const singleWords: Readonly<Record<string, BySide<readonly string[]>>> = {
  city: {
    known: words('paris london tokyo berlin madrid rome oslo dublin seoul lima cairo delhi vienna prague boston denver'),
    new: words('lisbon athens warsaw nairobi quito hanoi zurich dakar'),
  },
  person: {
    known: words('anna ben carla david emma felix grace henry ida jonas karin leo maria nils olga paul'),
    new: words('tomas ursula victor wanda xavier yvonne zoe amir'),
  },
  item: {
    known: words('apples bread milk eggs rice coffee tea candles socks batteries pens towels gloves lamps boots soap'),
    new: words('pears honey flour mirrors pillows hammers ropes scarves'),
  },
  room: {
    known: words('kitchen bedroom office bathroom hallway attic library studio cellar nursery'),
    new: words('pantry lounge workshop balcony terrace closet'),
  },
  dish: {
    known: words('soup pizza pasta salad curry pancakes stew risotto tacos omelette'),
    new: words('goulash lasagne dumplings waffles paella chowder'),
  },
};

/** Half of the cities and persons are made of two parts, so that no list holds them all. */
const openPools: ReadonlySet<string> = new Set(['city', 'person']);
const nameParts: BySide<{ readonly head: readonly string[]; readonly tail: readonly string[] }> = {
  known: { head: words('nor bel kar mil tas ran ver dol sim lan por gal hel mon fer'), tail: words('vik ton mar lea sund berg ford ville ster ino ada') },
  new: { head: words('zan wex ul ost brim kel dru yar pax'), tail: words('holm gate mere dorf asca ilo urn') },
};

/** First and second part of a value; `_` stands for a blank. */
const wordPairs: Readonly<Record<string, BySide<readonly [readonly string[], readonly string[]]>>> = {
  title: {
    known: [words('team budget project board sales yearly client design'), words('meeting review lunch call workshop check')],
    new: [words('weekly launch garden safety'), words('briefing party visit interview')],
  },
  task: {
    known: [words('call water feed wash buy check clean'), words('mum plants dog car bread oven desk')],
    new: [words('paint fix sell return'), words('fence bike books keys')],
  },
  song: {
    known: [words('blue silver golden lonely summer midnight broken distant'), words('river heart sky road dream fire rain')],
    new: [words('crimson velvet frozen hollow'), words('mountain ocean shadow lantern')],
  },
  artist: {
    known: [words('the young wild electric little'), words('foxes pilots tigers saints waves')],
    new: [words('northern glass modern'), words('sparrows kings voyagers')],
  },
  playlist: {
    known: [words('morning party study gym road'), words('mix hits mood beats')],
    new: [words('evening winter coding'), words('vibes gems tunes')],
  },
  place: {
    known: [words('golden green old royal happy'), words('dragon garden mill spoon lion')],
    new: [words('rusty hidden lucky'), words('anchor olive lantern')],
  },
  message: {
    known: [words('dinner lunch practice work school dad'), words('is_late is_ready starts_soon is_over was_fun')],
    new: [words('class rehearsal cinema grandma'), words('got_cancelled is_delayed went_well')],
  },
};

const onsets = words('b c d f g h j k l m n p r s t v w z br cl dr fl gr pl st th tr sh ch');
const vowels = words('a e i o u ai ea oo ou ie');
const codas = ['', '', '', ...words('n r l s t m nd rt ck')];

function inventWord(rng: Rng): string {
  let out = '';
  for (let syllables = rng.between(2, 3); syllables > 0; syllables--) out += rng.pick(onsets) + rng.pick(vowels) + rng.pick(codas);
  return out;
}

export function drawValue(pool: string, side: Side, rng: Rng): string {
  if (side === 'varied') {
    const known = drawValue(pool, 'known', rng);
    return rng.chance(0.5) ? known : known.split(' ').map((word) => (word.length > 2 ? inventWord(rng) : word)).join(' ');
  }
  const pair = wordPairs[pool];
  if (pair) {
    const [first, second] = pair[side];
    return `${rng.pick(first)} ${rng.pick(second)}`.replaceAll('_', ' ');
  }
  if (openPools.has(pool) && rng.chance(0.5)) return rng.pick(nameParts[side].head) + rng.pick(nameParts[side].tail);
  const single = singleWords[pool];
  if (!single) throw new Error(`the demo world has no pool "${pool}"`);
  return rng.pick(single[side]);
}

/** Source of a regular expression that matches the pool's values of both sides of the split, without a group. */
export function poolPattern(pool: string): string {
  const either = (texts: readonly string[]): string => `(?:${[...new Set(texts)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).join('|')})`;
  const pair = wordPairs[pool];
  if (pair) {
    const sides = [pair.known, pair.new].map(([first, second]) => `${either(first)} ${either(second.map((s) => s.replaceAll('_', ' ')))}`);
    return `(?:${sides.join('|')})`;
  }
  const single = singleWords[pool];
  if (!single) throw new Error(`the demo world has no pool "${pool}"`);
  const alternatives = [either([...single.known, ...single.new])];
  if (openPools.has(pool)) alternatives.push(...[nameParts.known, nameParts.new].map((p) => either(p.head) + either(p.tail)));
  return `(?:${alternatives.join('|')})`;
}

/** Words that occur in values: the tokeniser keeps a leading space apart from them, so that copying goes token by token. */
export function valueWords(): ReadonlySet<string> {
  const out = new Set<string>();
  const add = (texts: readonly string[]): void => {
    for (const text of texts) for (const word of text.split(/[ _]/)) out.add(word);
  };
  for (const pool of Object.values(singleWords)) [pool.known, pool.new].forEach(add);
  for (const pool of Object.values(wordPairs)) for (const side of [pool.known, pool.new]) side.forEach(add);
  return out;
}

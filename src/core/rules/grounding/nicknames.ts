import { fold } from './requestText.ts';

/** What people call cities, in lower case. Names that are short for another (`LA`, `NYC`) are found by their letters. */
const nicknames: Readonly<Record<string, string>> = {
  'chi-town': 'chicago', chitown: 'chicago', 'windy city': 'chicago', 'the windy city': 'chicago', 'big apple': 'new york', 'the big apple': 'new york', philly: 'philadelphia', vegas: 'las vegas', 'sin city': 'las vegas',
  frisco: 'san francisco', 'san fran': 'san francisco', nola: 'new orleans', 'the big easy': 'new orleans', beantown: 'boston', motown: 'detroit', 'motor city': 'detroit', 'mile high city': 'denver', 'city of angels': 'los angeles', hotlanta: 'atlanta', 'h-town': 'houston', 'music city': 'nashville', cali: 'california', 'city of light': 'paris', 'the eternal city': 'rome',
};

/** The town that a nickname stands for, in lower case; undefined for anything else. */
export function townOfNickname(text: string): string | undefined {
  const name = fold(text.trim());
  return Object.hasOwn(nicknames, name) ? nicknames[name] : undefined;
}

/** Nicknames of a town. */
export function nicknamesOf(town: string): readonly string[] {
  const name = fold(town.trim());
  return Object.keys(nicknames).filter((nickname) => nicknames[nickname] === name);
}

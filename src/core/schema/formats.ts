const timePattern = /^([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d+)?)?([zZ]|[+-]\d\d:?\d\d)?$/;
const longestText = 1000;

/** Formats that mean one thing everywhere. Times may leave out their seconds and their zone, as most datasets do. */
const formats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', isDate],
  ['time', (text: string) => timePattern.test(text)],
  ['date-time', (text: string) => isDate(text.slice(0, 10)) && /^[tT ]$/.test(text.charAt(10)) && timePattern.test(text.slice(11))],
  ['email', (text: string) => /^[^\s@]+@[^\s@]+$/.test(text)],
  ['uri', (text: string) => /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text)],
  ['uuid', (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)],
  ['ipv4', (text: string) => /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/.test(text)],
]);

/** The check of a known format; undefined for those that mean different things to different people. Texts beyond 1,000 characters pass. */
export function formatOf(name: string): ((text: string) => boolean) | undefined {
  const check = formats.get(name);
  return check === undefined ? undefined : (text) => text.length > longestText || check(text);
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  date.setUTCFullYear(year);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

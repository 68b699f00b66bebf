/** `rounds/0001`: four digits at least, so that a plain listing is in order. */
export function roundDirectoryName(round: number): string {
  return String(round).padStart(4, '0');
}

/** The round that a folder name stands for; undefined for anything that `roundDirectoryName` does not write. */
export function roundOfDirectoryName(name: string): number | undefined {
  const round = /^[0-9]{4,}$/u.test(name) ? Number(name) : 0;
  return round >= 1 && roundDirectoryName(round) === name ? round : undefined;
}

import { InvalidArgumentError } from 'commander';

/** Parses whole numbers from `least` on, for options. */
export function integerFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) throw new InvalidArgumentError(`A whole number from ${least} is needed.`);
    return value;
  };
}

/** Puts `added` times undefined in the place of `removed` items. However many they are: arguments of a call are limited. */
export function spliceUndefined<T>(list: (T | undefined)[], first: number, removed: number, added: number): void {
  if (first >= list.length) {
    for (let index = 0; index < added; index += 1) list.push(undefined);
    return;
  }
  const tail = list.splice(first);
  for (let index = 0; index < added; index += 1) list.push(undefined);
  for (let index = removed; index < tail.length; index += 1) list.push(tail[index]);
}

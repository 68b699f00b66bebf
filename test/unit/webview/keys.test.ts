import { describe, expect, it } from 'vitest';
import { actionOf, keyName, KEYS, keyShortcut } from '../../../webview-ui/review/keys.ts';

const pressed = (key: string, parts: Partial<Parameters<typeof actionOf>[0]> = {}): Parameters<typeof actionOf>[0] => ({ key, code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...parts });

describe('keys of the review', () => {
  it('have one action each', () => {
    const names = KEYS.map((k) => keyShortcut(k));
    expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
  });

  it.each(KEYS.map((k) => [keyName(k), k] as const))('%s does what the table says', (_, k) => {
    const typed = k.shift && k.key.length === 1 ? k.key.toUpperCase() : k.key;
    expect(actionOf(pressed(typed, { shiftKey: k.shift ?? false }))).toBe(k.action);
  });

  it('do nothing with a modifier', () => {
    for (const modifier of ['ctrlKey', 'metaKey', 'altKey'] as const) expect(KEYS.map((k) => actionOf(pressed(k.key, { [modifier]: true }))).filter(Boolean)).toEqual([]);
  });

  it('tell a letter with shift from one without, whatever caps lock says', () => {
    expect(actionOf(pressed('K'))).toMatchObject({ kind: 'decide', ruling: 'keepLabel' });
    expect(actionOf(pressed('K', { shiftKey: true }))).toMatchObject({ kind: 'bulk', ruling: 'keepLabel' });
    expect(actionOf(pressed('k', { shiftKey: true }))).toMatchObject({ kind: 'bulk', ruling: 'keepLabel' });
  });

  it('go by the character on Latin layouts, not by where the key is', () => {
    // Dvorak: the key that writes k is where QWERTY has V.
    expect(actionOf(pressed('k', { code: 'KeyV' }))).toMatchObject({ ruling: 'keepLabel' });
    // German: ? is shift and the key beside 0, / is shift and 7.
    expect(actionOf(pressed('?', { code: 'Minus', shiftKey: true }))).toEqual({ kind: 'help' });
    expect(actionOf(pressed('/', { code: 'Digit7', shiftKey: true }))).toEqual({ kind: 'search' });
  });

  it.each([
    ['Korean', 'ㅏ', 'KeyK', 'keepLabel'],
    ['Korean with an input method', 'Process', 'KeyP', 'takePrediction'],
    ['Russian', 'и', 'KeyB', 'bothCorrect'],
    ['Greek', 'ς', 'KeyW', 'bothWrong'],
    ['a dead key', 'Dead', 'KeyD', 'drop'],
  ])('go by the place of the key on a layout without the letter (%s)', (_, key, code, ruling) => {
    expect(actionOf(pressed(key, { code }))).toMatchObject({ kind: 'decide', ruling });
  });

  it('leave every other key alone', () => {
    for (const key of ['Enter', ' ', 'Tab', 'Escape', 'F1', 'Shift', 'ArrowUp', 'ArrowDown', '1', 'é', '{', '__proto__']) expect(actionOf(pressed(key))).toBeUndefined();
  });
});

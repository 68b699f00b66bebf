import { afterEach, describe, expect, it } from 'vitest';
import { openScene, violations, type ScenePage } from './support/scenePage.ts';
import { SCENES, type SceneName } from './support/scenes.ts';
import { THEMES } from './themes.ts';

let opened: ScenePage | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

// A name of an object of ours.
const names = Object.keys(SCENES) as SceneName[];

describe.each(Object.keys(THEMES))('every state of the review in %s', (theme) => {
  it.each(names.filter((n) => n !== 'huge' || theme === 'dark-modern'))('%s: no accessibility violation, nothing refused by the policy, no sideways scrolling', async (name) => {
    opened = await openScene(name, { theme });
    expect(await violations(opened.page)).toEqual([]);
    expect(opened.errors).toEqual([]);
    expect(opened.loads).toEqual([]);
    expect(await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });
});

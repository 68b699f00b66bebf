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

const colours = [...new Set(Object.values(THEMES).flatMap((theme) => Object.keys(theme)))];

/** As VS Code does it: the colours change under the page. One that the theme does not have falls back to what the page says. */
async function showTheme({ page }: ScenePage, theme: Readonly<Record<string, string>>): Promise<void> {
  const values = colours.map((name) => [`--vscode-${name}`, theme[name] ?? 'initial'] as const);
  await page.evaluate((all) => all.forEach(([name, value]) => document.documentElement.style.setProperty(name, value)), values);
}

describe('every state of the review', () => {
  it.each(names)('%s: no accessibility violation in any theme, nothing refused by the policy, no sideways scrolling', async (name) => {
    opened = await openScene(name);
    const found: string[] = [];
    for (const [theme, variables] of Object.entries(THEMES)) {
      await showTheme(opened, variables);
      found.push(...(await violations(opened.page)).map((v) => `${theme}: ${v}`));
      // What needs no look at colours is the same in all of them; a page of megabytes is looked at once.
      if (name === 'huge') break;
    }
    expect(found).toEqual([]);
    expect(opened.errors).toEqual([]);
    expect(opened.loads).toEqual([]);
    expect(await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }, 180_000);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PublishDiagnosticsNotification, type PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { openaiRow, weatherTool } from '../builders/datasetText.ts';
import { Session } from './support/session.ts';

let session: Session;
const waiting: ((params: PublishDiagnosticsParams) => void)[] = [];

beforeAll(async () => {
  session = await Session.start({ hook: (connection) => void connection.onNotification(PublishDiagnosticsNotification.type, (params) => waiting.shift()?.(params)) });
});
afterAll(() => session.stop());

function published(): Promise<PublishDiagnosticsParams> {
  return new Promise((resolve) => waiting.push(resolve));
}

describe('an editor that does not ask for diagnostics', () => {
  test('is sent them when a document is opened, changed and closed', async () => {
    const first = published();
    const document = await session.open('push.jsonl', `${openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo', days: 'two' } }])}\n`);
    expect((await first).diagnostics.map(({ code }) => code)).toContain('argument-type');
    const second = published();
    await document.replace('\\"two\\"', '2');
    expect((await second).diagnostics).toEqual([]);
    const third = published();
    await document.close();
    expect(await third).toEqual({ uri: document.uri, diagnostics: [] });
  });
});

import type { ProjectConfig } from '../../core/config/projectConfig.ts';
import type { DoctorReport, FoundServer, ServerReport, ServerWarning } from '../../protocol/serverReport.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { serverTitles } from '../../node/servers/serverKnowledge.ts';
import { discoverServers } from './discover.ts';
import { examineProject, type DoctorOptions } from './doctor.ts';
import { screenRows } from './screen.ts';
import type { ScreenWords } from './screenWords.ts';
import type { Role } from './warnings.ts';

/** What the editor has of the doctor, as a bundle of its own: loaded when it is used. */

export async function checkServers(files: ProjectFiles, config: ProjectConfig, roles: readonly Role[], options: DoctorOptions): Promise<DoctorReport> {
  return await examineProject(files, config, roles, options);
}

export async function findServers(signal: AbortSignal): Promise<readonly FoundServer[]> {
  return await discoverServers({ signal });
}

export function titleOf({ kind, version }: Pick<FoundServer, 'kind' | 'version'>): string {
  return [serverTitles[kind], version].filter(Boolean).join(' ');
}

export type PageWords = {
  readonly title: string;
  readonly role: Readonly<Record<Role, string>>;
  readonly replica: (number: number) => string;
  readonly cannotWork: string;
  readonly inOrder: string;
  readonly problems: (count: number) => string;
  readonly what: string;
  readonly found: string;
  readonly whatToDo: string;
  readonly notes: string;
  readonly cached: (time: string) => string;
  readonly screen: ScreenWords;
};

/** The findings as a page of Markdown, the worst server first. All that servers say is shown as text: no markup, no links. */
export function findingsPage(report: DoctorReport, words: PageWords): string {
  const servers = [...report.servers].sort((a, b) => rank(a) - rank(b));
  const summary = servers.length < 2 ? [] : [servers.map((server) => `- ${marks[rank(server)]} ${plain(`${nameOf(server, words)}: ${stateOf(server, words)}`)}`).join('\n')];
  return [`# ${plain(words.title)}`, ...summary, ...servers.map((server) => section(server, words))].join('\n\n');
}

const marks = ['✗', '!', '✓'] as const;

function rank({ works, warnings }: ServerReport): 0 | 1 | 2 {
  return !works ? 0 : warnings.some(({ severity }) => severity !== 'note') ? 1 : 2;
}

function nameOf({ role, replica, model }: ServerReport, words: PageWords): string {
  return role === undefined ? model : `${words.role[role]}${replica === undefined ? '' : ` (${words.replica(replica)})`}`;
}

function stateOf(server: ServerReport, words: PageWords): string {
  const problems = server.warnings.filter(({ severity }) => severity !== 'note').length;
  return !server.works ? words.cannotWork : problems > 0 ? words.problems(problems) : words.inOrder;
}

function section(server: ServerReport, words: PageWords): string {
  const problems = server.warnings.filter(({ severity }) => severity !== 'note');
  const notes = server.warnings.filter(({ severity }) => severity === 'note');
  const who = server.role === undefined ? server.model : `${nameOf(server, words)}: ${server.model}`;
  const own = server.state === 'notStarted' || server.state === 'simulated';
  const rows = screenRows(server, words.screen).map(({ name, text }) => `| ${plain(words.screen.label[name])} | ${plain(text)} |`);
  return [
    `## ${marks[rank(server)]} ${plain(who)}`,
    `**${plain(stateOf(server, words))}**${own ? '' : ` · ${plain(server.baseUrl)}`}${server.cached && server.checkedAt !== undefined ? ` · ${plain(words.cached(server.checkedAt))}` : ''}`,
    ...problems.map((warning) => paragraph(warning, words)),
    ...(rows.length === 0 ? [] : [[`| ${plain(words.what)} | ${plain(words.found)} |`, '|---|---|', ...rows].join('\n')]),
    ...(notes.length === 0 ? [] : [`**${plain(words.notes)}**`, ...notes.map((warning) => paragraph(warning, words))]),
  ].join('\n\n');
}

function paragraph({ severity, seen, why, fix }: ServerWarning, words: PageWords): string {
  const mark = severity === 'error' ? '✗ ' : severity === 'warning' ? '! ' : '';
  return `> ${severity === 'note' ? plain(seen) : `**${mark}${plain(seen)}**`} ${plain(why)}  \n> ${plain(words.whatToDo)} ${plain(fix)}`;
}

/** Every sign that Markdown or HTML could read something into, and what would become a link by itself. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()#+!|<>~&$^=-]/g, '\\$&')
    .replace(/(https?|ftp|file|command|www)([:.])/gi, '$1\u200B$2');
}

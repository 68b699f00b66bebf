import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { CodeActionKind, type CodeAction, type CodeActionParams } from 'vscode-languageserver/node';
import { addSuppression } from '../../app/suppressionsFile.ts';
import { isLoopToolError } from '../../core/errors.ts';
import { acceptBothArgumentsSchema, fixAllArgumentsSchema, suppressArgumentsSchema } from '../../protocol/lsp/fixes.ts';
import { documentSchema, followedNotification, openedDirtyNotification } from '../../protocol/lsp/serverOptions.ts';
import type { Feature, ServerContext } from '../feature.ts';
import { acceptBoth } from '../fixes/acceptBoth.ts';
import { codeActionDrafts, fixAllKind, type ActionServices } from '../fixes/codeActionList.ts';
import type { Draft } from '../fixes/draft.ts';
import { FixAll, fixAllCommand } from '../fixes/fixAll.ts';
import { LabelSources } from '../fixes/labelSources.ts';
import { PendingActions } from '../fixes/pendingActions.ts';
import { ProjectDecisions } from '../fixes/projectDecisions.ts';
import { acceptBothCommand } from '../fixes/resultActions.ts';
import { SavedDatasets } from '../fixes/savedDatasets.ts';
import { suppressCommand } from '../fixes/suppressActions.ts';

/** Quick fixes, fix-all, suppressions, and the decisions that saved labels are. */
export const codeActions: Feature = {
  capabilities: {
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind], resolveProvider: true },
    executeCommandProvider: { commands: [fixAllCommand, suppressCommand, acceptBothCommand] },
  },
  register,
};

function register(server: ServerContext): void {
  const { connection } = server;
  const sources = new LabelSources();
  const decisions = new ProjectDecisions();
  const services: ActionServices = { server, sources, fixAll: new FixAll(server, sources) };
  const pending = new PendingActions();
  const resolves = server.client.textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true;

  const stamp = { by: userInfo().username, at: () => new Date().toISOString(), newId: randomUUID };
  const saved = new SavedDatasets(server, decisions, sources, stamp);
  connection.onCodeAction(async (params) => {
    // What was just decided by saving is known to the actions.
    await saved.settled(params.textDocument.uri);
    const drafts = await draftsFor(services, decisions, params);
    return resolves ? drafts.map((draft) => pending.put(draft)) : madeAtOnce(drafts);
  });
  connection.onCodeActionResolve((action) => pending.resolve(action));

  server.onDidChange((uri) => saved.changed(uri));
  server.onDidSave((uri) => void saved.save(uri));
  const onDocument = (method: string, act: (uri: string) => void): void => {
    connection.onNotification(method, (params: unknown) => {
      const document = documentSchema.safeParse(params);
      if (document.success) act(document.data.uri);
    });
  };
  onDocument(followedNotification, (uri) => saved.followed(uri));
  onDocument(openedDirtyNotification, (uri) => saved.startFromFile(uri));

  connection.onExecuteCommand(async ({ command, arguments: [argument] = [] }) => {
    try {
      if (command === fixAllCommand) await services.fixAll.run(fixAllArgumentsSchema.parse(argument));
      else if (command === suppressCommand) await suppress(server, argument);
      else if (command === acceptBothCommand) await acceptBoth(server, decisions, acceptBothArgumentsSchema.parse(argument), stamp);
    } catch (error) {
      connection.window.showErrorMessage(`LoopTool: ${isLoopToolError(error) ? error.userMessage : String(error)}`);
    }
    return null;
  });
}

async function draftsFor(services: ActionServices, decisions: ProjectDecisions, params: CodeActionParams): Promise<readonly Draft[]> {
  const { server } = services;
  const { uri } = params.textDocument;
  const project = server.projectOf(uri);
  const state = project === undefined || server.dataset(uri)?.dialect === undefined ? undefined : await decisions.state(project.directory);
  // The document may have been closed meanwhile.
  const dataset = server.dataset(uri);
  return dataset?.dialect === undefined ? [] : codeActionDrafts({ ...services, dataset, params, decisions: state });
}

/** For editors that cannot ask for the edit later: what takes a look at the whole file is left to the command. */
async function madeAtOnce(drafts: readonly Draft[]): Promise<CodeAction[]> {
  const actions = await Promise.all(drafts.map(async ({ action, make }) => ({ action, edit: await make?.(), isEdit: make !== undefined })));
  return actions.flatMap(({ action, edit, isEdit }) => (edit === undefined ? (isEdit ? [] : [action]) : [{ ...action, edit }]));
}

async function suppress(server: ServerContext, argument: unknown): Promise<void> {
  const { uri, ...entry } = suppressArgumentsSchema.parse(argument);
  const project = server.projectOf(uri);
  if (project === undefined || !server.trusted()) return;
  await addSuppression(project.directory, { v: 1, ...entry });
  if (server.client.workspace?.diagnostics?.refreshSupport === true) await server.connection.languages.diagnostics.refresh();
}

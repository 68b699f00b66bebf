import type { ClientCapabilities, Connection, ServerCapabilities } from 'vscode-languageserver/node';
import type { ClientSettings } from './clientSettings.ts';
import type { OpenDataset } from './dataset/openDataset.ts';
import type { SampleResults } from './sampleResults.ts';
import type { ServerProject } from './serverProject.ts';

/** What a feature sees of the server. */
export interface ServerContext {
  readonly connection: Connection;
  /** What the editor said of itself when it connected. */
  readonly client: ClientCapabilities;
  /** Paths of the workspace folders on this disk. */
  readonly folders: () => readonly string[];
  /** The open dataset; undefined for documents that are not open or no datasets. */
  readonly dataset: (uri: string) => OpenDataset | undefined;
  readonly datasets: () => readonly OpenDataset[];
  /** Undefined outside of a project. */
  readonly projectOf: (uri: string) => ServerProject | undefined;
  readonly results: SampleResults;
  /** The one listener to `workspace/didChangeConfiguration` is there. */
  readonly settings: ClientSettings;
  /** Called after a document was opened, changed or closed; returns what ends the calls. */
  readonly onDidChange: (listener: (uri: string) => void) => () => void;
  /** Called after a check was finished, so that the findings of an open dataset are there; returns what ends the calls. */
  readonly onDidCheck: (listener: (uri: string) => void) => () => void;
  /** The dialect that a person chose for a document, open or not. */
  readonly chosenDialect: (uri: string) => string | undefined;
  /** Reads the document as that dialect from now on; undefined has it recognised again. */
  readonly chooseDialect: (uri: string, dialect: string | undefined) => void;
  /** Called after a document was saved, with its text as it was saved. */
  readonly onDidSave: (listener: (uri: string) => void) => () => void;
  /** False until the editor says so: then nothing is written, sent or run. */
  readonly trusted: () => boolean;
  /** The editor says when a document followed a change of its file (`looptool/followed`). */
  readonly tellsFollowed: boolean;
}

/** One ability of the server: what it tells the editor of it, and its handlers. Handlers of unknown documents answer with nothing. */
export type Feature = {
  readonly capabilities: Partial<ServerCapabilities>;
  readonly register: (server: ServerContext) => void;
};

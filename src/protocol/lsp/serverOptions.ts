import * as z from 'zod';

/** `initializationOptions` of the server. Editors that know nothing of them get a server that writes nothing. */
export const serverOptionsSchema = z.object({
  /** The workspace is trusted: saved labels become decisions, suppressions are written. */
  trusted: z.boolean().optional(),
  /** The editor says when a document followed a change of its file, and when one was opened with unsaved changes; else the server has to find out. */
  tellsFollowed: z.boolean().optional(),
});
export type ServerOptions = Readonly<z.infer<typeof serverOptionsSchema>>;

/** Sent by the editor when the workspace becomes trusted. */
export const trustNotification = 'looptool/trust';
export const trustSchema = z.object({ trusted: z.boolean() });

/** Sent by the editor after the change of a document that nobody made: its file had changed. */
export const followedNotification = 'looptool/followed';
export const documentSchema = z.object({ uri: z.string() });

/** Sent by the editor after a document was opened that was restored with unsaved changes. */
export const openedDirtyNotification = 'looptool/openedDirty';

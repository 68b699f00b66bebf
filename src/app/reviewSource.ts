import { trainRowSchema, type TrainRow } from '../core/dataset/sample.ts';
import type { Judgement, ProbeEntry } from '../core/rounds/journalEntries.ts';
import { probeEntrySchema, verifyEntrySchema } from '../core/rounds/journalEntries.ts';

import { l10n } from 'vscode';
import type { QueueFilter } from '../../core/review/queue/queueSpec.ts';
import type { StageName } from '../../core/rounds/manifest.ts';
import type { ExpansionOutcome } from '../../protocol/expansionView.ts';
import type { RoundPlace } from '../roundTarget.ts';
import type { PageLink, Piece } from './textPage.ts';

/** Links of one round's pages to its samples. */
export class PageLinks {
  constructor(readonly place: RoundPlace) {}

  /** To the bucket of the rounds tree that holds them. */
  bucket(text: string | number, stage: StageName, bucket: string): Piece {
    return this.#piece(text, { command: 'looptool.showSamples', argument: { ...this.place, stage, bucket }, tooltip: l10n.t('Show these samples in the rounds') });
  }

  /** To the review, of these pairs. */
  review(text: string | number, filter: Partial<QueueFilter>): Piece {
    return this.#piece(text, { command: 'looptool.openReview', argument: { ...this.place, filter }, tooltip: l10n.t('Open these pairs in the review') });
  }

  /** To the list of expansions. */
  expansions(text: string | number, outcome?: ExpansionOutcome): Piece {
    return this.#piece(text, { command: 'looptool.showExpansions', argument: { ...this.place, ...(outcome === undefined ? {} : { outcome }) }, tooltip: l10n.t('List these expansions with their reasons') });
  }

  /** None is nothing to look at. */
  #piece(text: string | number, link: PageLink): Piece {
    return text === 0 ? '0' : { text: String(text), link };
  }
}

import { l10n } from 'vscode';
import type { ModelRole } from '../../app/testConnection.ts';

export function roleLabel(role: ModelRole): string {
  switch (role) {
    case 'policy':
      return l10n.t('Policy');
    case 'judge':
      return l10n.t('Judge');
    case 'judge2':
      return l10n.t('Second judge');
    case 'generator':
      return l10n.t('Generator');
  }
}

import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { Clock } from './clock.ts';
import { Conversation } from './conversation/conversation.ts';
import { Modal } from './dialogs/modal.ts';
import './edit/labelEditor.ts';
import { QueueBar } from './queue/queueBar.ts';
import { ReviewApp } from './reviewApp.ts';

// The page brings its own margins; VS Code's would leave a stripe beside header and footer.
document.body.style.padding = '0';
customElements.define('looptool-clock', Clock);
customElements.define('looptool-conversation', Conversation);
customElements.define('looptool-modal', Modal);
customElements.define('looptool-queue-bar', QueueBar);
customElements.define('looptool-review', ReviewApp);

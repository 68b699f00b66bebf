import { ReviewApp } from './reviewApp.ts';

// The page brings its own margins; VS Code's would leave a stripe beside header and footer.
document.body.style.padding = '0';
customElements.define('looptool-review', ReviewApp);

import { ReviewApp } from './reviewApp.ts';

customElements.define('looptool-review', ReviewApp);

// The one entry. Every page is complete without it; each module looks for its own elements.
import "./autosave.js";
import "./unsaved.js";
import "./local-time.js";
import "./slot-grid.js";
import "./copy.js";
import "./run-timer.js";
import "./run-live.js";
import "./preview.js";
import "./zone-guess.js";
import "./work.js";
import "./passkey.js";

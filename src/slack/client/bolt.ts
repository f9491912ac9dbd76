import app from '@slack/bolt/dist/App.js';
import http from '@slack/bolt/dist/receivers/HTTPReceiver.js';
import socketMode from '@slack/bolt/dist/receivers/SocketModeReceiver.js';

// Bolt, by the files that are used: its index loads Express and the receiver for Lambda as well.

export const App = app.default;
export const HTTPReceiver = http.default;
export const SocketModeReceiver = socketMode.default;

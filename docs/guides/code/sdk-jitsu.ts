import { jitsuAnalytics } from '@jitsu/js';

const analytics = jitsuAnalytics({
  host: 'http://127.0.0.1:8787',
  // The SDK takes no key without a secret; Collect reads no further than the colon
  writeKey: 'local-write-key:none',
  fetchTimeoutMs: 10_000,
  errorPolicy: (message) => console.error('lost:', message),
});

await analytics.page({ name: 'Home' });
await analytics.identify('kurt', { email: 'kurt@example.com', city: 'Brno' });
await analytics.track('Order Completed', { total: 24.5, currency: 'EUR' });
await analytics.group('club', { name: 'The Club' });

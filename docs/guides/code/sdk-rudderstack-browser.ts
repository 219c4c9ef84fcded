import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';

const collect = 'http://127.0.0.1:8787';
const analytics = new RudderAnalytics();
analytics.load('local-write-key', collect, { configUrl: collect });

analytics.page('Home');
analytics.identify('alan', { email: 'alan@example.com', city: 'Manchester' });
analytics.track('Order Completed', { total: 24.5, currency: 'EUR' });
analytics.group('club', { name: 'The Club' });
analytics.alias('alan', 'receipt-20');

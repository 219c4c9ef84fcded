import { AnalyticsBrowser } from '@segment/analytics-next';

const analytics = AnalyticsBrowser.load({ writeKey: 'local-write-key', cdnURL: 'http://127.0.0.1:8787' });

analytics.page('Home');
analytics.identify('joan', { email: 'joan@example.com', city: 'Paris' });
analytics.track('Order Completed', { total: 24.5, currency: 'EUR' });
analytics.screen('Basket');
analytics.group('club', { name: 'The Club' });
analytics.alias('joan', 'receipt-19');

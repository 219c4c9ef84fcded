import { AnalyticsBrowser } from '@segment/analytics-next';

const analytics = AnalyticsBrowser.load(
  { writeKey: 'local-write-key', cdnURL: 'http://127.0.0.1:8787' },
  {
    integrations: {
      'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 10, timeout: 5000 } } },
    },
  },
);

analytics.identify('mary', { email: 'mary@example.com' });
analytics.track('Product Viewed', { product_id: 'sku-7' });

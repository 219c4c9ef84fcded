import { SIGNED_AT, uploadsContract } from '#test/contract/uploads.ts';
import { memoryUploads } from './memory-uploads.ts';

uploadsContract('memory', async () => {
  const uploads = memoryUploads(() => SIGNED_AT);
  return { uploads, put: async (key, text) => void uploads.stored.set(key, text) };
});

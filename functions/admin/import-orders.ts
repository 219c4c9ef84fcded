import * as z from 'zod';
import type { Order, OrderInput } from '#functions/adapters/stepfunctions/runs.ts';
import { uploadOf } from '#functions/imports/import-keys.ts';

/** What a run of an import is to do. */
export interface ImportOrder extends Order {
  readonly bucket: string;
  /** The file. */
  readonly key: string;
  /** Whether it is only tried what would come of it. */
  readonly dryRun: boolean;
}

const Input = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string() }),
  }),
  dryRun: z.boolean().optional(),
});

/**
 * Orders in the form in which EventBridge tells of a new file, so that a run is the same whoever started it. One of a
 * file that lies where no import takes any is of none.
 */
export const IMPORT_ORDERS: OrderInput<ImportOrder> = {
  write: ({ bucket, key, dryRun }) => ({ detail: { bucket: { name: bucket }, object: { key } }, dryRun }),

  read(input) {
    const { detail, dryRun } = Input.parse(input);
    const { key } = detail.object;
    const upload = uploadOf(key);
    return {
      definitionId: upload?.importId ?? '',
      bucket: detail.bucket.name,
      key,
      dryRun: dryRun ?? upload?.dryRun ?? false,
    };
  },
};

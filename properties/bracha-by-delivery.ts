import { properties } from '../src/model/index.ts'
import type { BrachaByDelivery } from '../src/protocols/bracha-by-delivery.ts'
import { brachaProperties } from './bracha.ts'
import { brachaVariants } from './variants.ts'

const renamed = (name: string): string => name.replace(/^bracha/, 'bracha-by-delivery')

/** It is the same protocol: whatever is claimed or known of `bracha` must be true of it. */
export const brachaByDeliveryProperties = properties<BrachaByDelivery>({
  variants: brachaVariants,
  ...brachaProperties,
  expected: brachaProperties.expected.map(({ defect, ...row }) => ({
    ...row,
    subject: renamed(row.subject),
    ...(defect ? { defect: renamed(defect) } : {}),
  })),
})

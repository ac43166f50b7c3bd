import {
  DeleteCertificate,
  DescribeCertificate,
  type Filters,
  GetCertificate,
  ListCertificates,
} from '@cloud-orrery/models/acm'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { type CertificateRecord, certificates } from '../shared/certificates/state.ts'
import { usersOf } from '../shared/certificates/uses.ts'
import { pageOf } from '../shared/pages.ts'
import { onCertificate, ownCertificate } from './access.ts'
import { certificateInUse, invalidInput, requestInProgress } from './errors.ts'
import { pageItemsMax } from './limits.ts'
import { approvals } from './state.ts'
import { detailOf, summaryOf } from './views.ts'

export const describeCertificate = operation(DescribeCertificate, {
  authorize: onCertificate,
  provenance: 'recorded',
  run: (ctx, { CertificateArn }) => ({
    Certificate: detailOf(ctx, ownCertificate(ctx, CertificateArn)),
  }),
})

export const getCertificate = operation(GetCertificate, {
  authorize: onCertificate,
  provenance: 'modelled',
  run(ctx, { CertificateArn }) {
    const { body } = ownCertificate(ctx, CertificateArn)
    if (body === undefined) throw requestInProgress(CertificateArn)
    return {
      Certificate: body.certificate,
      ...(body.chain === undefined ? {} : { CertificateChain: body.chain }),
    }
  },
})

export const deleteCertificate = operation(DeleteCertificate, {
  authorize: onCertificate,
  provenance: 'modelled',
  run(ctx, { CertificateArn }) {
    const { arn } = ownCertificate(ctx, CertificateArn)
    if (usersOf(ctx, arn).length > 0) throw certificateInUse(arn, ctx.accountId)
    for (const { code } of [...approvals.where(ctx, 'certificate', arn)])
      approvals.delete(ctx, code)
    certificates.delete(ctx, arn)
    return {}
  },
})

export const listCertificates = operation(ListCertificates, {
  authorize: () => '*',
  provenance: 'recorded',
  refuses: ['CertificateKeyPairOrigins'],
  run(ctx, input) {
    const { CertificateStatuses, Includes, NextToken, MaxItems = pageItemsMax } = input
    if ((input.SortBy === undefined) !== (input.SortOrder === undefined)) {
      throw invalidInput('SortBy and SortOrder must be specified together.')
    }
    const isWanted = wanted(ctx, CertificateStatuses, Includes)
    const sorted = input.SortBy === undefined ? undefined : byCreation(ctx, input.SortOrder)
    const { NextToken: _, MaxItems: __, ...request } = input
    const { items, nextToken } = pageOf<CertificateRecord>({
      list: ({ after }) =>
        sorted === undefined
          ? certificates.scan(ctx, after === undefined ? {} : { after })
          : sorted.slice(sorted.findIndex(({ arn }) => arn === after) + 1),
      positionOf: ({ arn }) => arn,
      wanted: isWanted,
      itemsMax: MaxItems,
      token: NextToken,
      request,
      refused: () => invalidInput('The NextToken is not one of this request.'),
    })
    return {
      CertificateSummaryList: items.map((certificate) => summaryOf(ctx, certificate)),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

/** A region has few certificates: see `certificatesMax`. */
function byCreation(ctx: Context, order: string | undefined): readonly CertificateRecord[] {
  const sign = order === 'ASCENDING' ? 1 : -1
  return [...certificates.scan(ctx)].sort((a, b) => sign * (a.createdAtMs - b.createdAtMs))
}

/** Source: API reference, Filters: without `keyTypes` only RSA keys of 1,024 and 2,048 bits are listed. */
const keyTypesDefault = ['RSA_1024', 'RSA_2048']

function wanted(
  ctx: Context,
  statuses: readonly string[] | undefined,
  includes: Filters = {},
): (certificate: CertificateRecord) => boolean {
  const { keyTypes = keyTypesDefault, keyUsage = [], extendedKeyUsage = [] } = includes
  const has = (of: readonly string[], all: readonly string[]) =>
    of.every((usage) => usage === 'ANY' || all.includes(usage))
  return (certificate) => {
    const { body, status } = certificate
    return (
      (statuses === undefined || statuses.includes(status)) &&
      keyTypes.includes(certificate.keyAlgorithm) &&
      has(keyUsage, body?.keyUsages ?? []) &&
      has(extendedKeyUsage, summaryOf(ctx, certificate).ExtendedKeyUsages ?? []) &&
      (includes.exportOption === undefined || includes.exportOption === certificate.export) &&
      (includes.managedBy === undefined || includes.managedBy === certificate.managedBy)
    )
  }
}

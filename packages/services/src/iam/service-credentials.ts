import {
  CreateServiceSpecificCredential,
  DeleteServiceSpecificCredential,
  ListServiceSpecificCredentials,
  ResetServiceSpecificCredential,
  type ServiceSpecificCredentialMetadata,
  UpdateServiceSpecificCredential,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { aboutEntity, findUser, userNameOrCaller } from './entities.ts'
import { credentialNotFound, quotaExceeded, unsupportedService } from './errors.ts'
import { serviceCredentialsPerServiceMax } from './limits.ts'
import { pageOfList } from './paging.ts'
import { type ServiceCredentialRecord, serviceCredentials } from './state.ts'

/** Services that take such credentials here. Bedrock's are API keys of another form. */
const services = new Set(['codecommit.amazonaws.com', 'cassandra.amazonaws.com'])
const passwordAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export const createServiceSpecificCredential = operation(CreateServiceSpecificCredential, {
  authorize: ({ UserName, ServiceName }, ctx) => aboutCredential(ctx, UserName, ServiceName),
  provenance: 'recorded',
  refuses: ['CredentialAgeDays'],
  run(ctx, { UserName, ServiceName }) {
    const { userName } = findUser(ctx, UserName)
    if (!services.has(ServiceName)) throw unsupportedService(ServiceName)
    const ofService = [...credentialsOf(ctx, userName)].filter(
      ({ serviceName }) => serviceName === ServiceName,
    )
    if (ofService.length >= serviceCredentialsPerServiceMax) {
      throw quotaExceeded('ServiceSpecificCredentialsPerUser', serviceCredentialsPerServiceMax)
    }
    const second = ofService.length === 0 ? '' : `+${ofService.length}`
    const credential = serviceCredentials.put(ctx, {
      id: ctx.ids.unique('ACCA'),
      userName,
      serviceName: ServiceName,
      serviceUserName: `${userName}${second}-at-${ctx.accountId}`,
      password: newPassword(ctx),
      status: 'Active',
      createdAtMs: thisSecond(ctx),
    })
    return { ServiceSpecificCredential: withPassword(credential) }
  },
})

export const listServiceSpecificCredentials = operation(ListServiceSpecificCredentials, {
  authorize: ({ UserName }, ctx) => aboutCredential(ctx, UserName),
  provenance: 'recorded',
  refuses: ['AllUsers'],
  run(ctx, { UserName, ServiceName, ...request }) {
    const { userName } = findUser(ctx, userNameOrCaller(ctx, UserName))
    const found = [...credentialsOf(ctx, userName)].filter(
      ({ serviceName }) => ServiceName === undefined || serviceName === ServiceName,
    )
    const { items, rest } = pageOfList(request, found)
    const paged = request.MaxItems === undefined && request.Marker === undefined ? {} : rest
    return { ServiceSpecificCredentials: items.map(shown), ...paged }
  },
})

export const updateServiceSpecificCredential = operation(UpdateServiceSpecificCredential, {
  authorize: ({ UserName }, ctx) => aboutCredential(ctx, UserName),
  provenance: 'recorded',
  run(ctx, { UserName, ServiceSpecificCredentialId, Status }) {
    const credential = findCredential(ctx, UserName, ServiceSpecificCredentialId)
    const status = Status === 'Active' ? 'Active' : 'Inactive'
    serviceCredentials.put(ctx, { ...credential, status })
    return {}
  },
})

export const resetServiceSpecificCredential = operation(ResetServiceSpecificCredential, {
  authorize: ({ UserName }, ctx) => aboutCredential(ctx, UserName),
  provenance: 'recorded',
  run(ctx, { UserName, ServiceSpecificCredentialId }) {
    const credential = findCredential(ctx, UserName, ServiceSpecificCredentialId)
    const password = newPassword(ctx)
    const reset = serviceCredentials.put(ctx, { ...credential, password })
    return { ServiceSpecificCredential: withPassword(reset) }
  },
})

export const deleteServiceSpecificCredential = operation(DeleteServiceSpecificCredential, {
  authorize: ({ UserName }, ctx) => aboutCredential(ctx, UserName),
  provenance: 'recorded',
  run(ctx, { UserName, ServiceSpecificCredentialId }) {
    const credential = findCredential(ctx, UserName, ServiceSpecificCredentialId)
    serviceCredentials.delete(ctx, credential.id)
    return {}
  },
})

function aboutCredential(
  ctx: Context,
  userName: string | undefined,
  serviceName?: string,
): Authorization {
  const context =
    serviceName === undefined ? {} : { 'iam:ServiceSpecificCredentialServiceName': serviceName }
  return aboutEntity(ctx, 'user', userNameOrCaller(ctx, userName), context)
}

function findCredential(
  ctx: Context,
  name: string | undefined,
  id: string,
): ServiceCredentialRecord {
  const { userName } = findUser(ctx, userNameOrCaller(ctx, name))
  const credential = serviceCredentials.get(ctx, id)
  if (credential?.userName !== userName) throw credentialNotFound(id)
  return credential
}

function credentialsOf(ctx: Context, userName: string): Iterable<ServiceCredentialRecord> {
  return serviceCredentials.where(ctx, 'user', userName.toLowerCase())
}

function newPassword(ctx: Context): string {
  return `${ctx.ids.from(passwordAlphabet, 43)}=`
}

function shown(credential: ServiceCredentialRecord): ServiceSpecificCredentialMetadata {
  return {
    CreateDate: credential.createdAtMs,
    ServiceName: credential.serviceName,
    ServiceSpecificCredentialId: credential.id,
    ServiceUserName: credential.serviceUserName,
    Status: credential.status,
    UserName: credential.userName,
  }
}

function withPassword(credential: ServiceCredentialRecord) {
  return { ...shown(credential), ServicePassword: credential.password }
}

import { orderedKey } from '@cloud-orrery/kernel'
import {
  AdminForgetDevice,
  AdminGetDevice,
  AdminListDevices,
  AdminUpdateDeviceStatus,
  ConfirmDevice,
  type DeviceType,
  ForgetDevice,
  GetDevice,
  ListDevices,
  UpdateDeviceStatus,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { deviceExists, deviceMissing, invalidParameter } from '../errors.ts'
import { pageMax } from '../limits.ts'
import { byAnyone, onPool, poolOf, scopeOfToken } from '../pools/lookup.ts'
import { verifyAccessToken } from '../tokens/verify.ts'
import { userOf } from '../users/lookup.ts'
import { type Device, devices, type User } from '../users/state.ts'

/** A device that the user has confirmed. Throws ResourceNotFoundException. */
function deviceOf(ctx: Context, { poolId, key }: User, deviceKey: string): Device {
  const device = devices.get(ctx, orderedKey(poolId, key, deviceKey))
  if (device?.verifier === undefined) throw deviceMissing()
  return device
}

const shown = (device: Device): DeviceType => ({
  DeviceKey: device.deviceKey,
  DeviceAttributes: [
    { Name: 'device_status', Value: 'valid' },
    ...(device.name === undefined ? [] : [{ Name: 'device_name', Value: device.name }]),
    {
      Name: 'dev:device_remembered_status',
      Value: device.remembered ? 'remembered' : 'not_remembered',
    },
    ...(device.lastIp === undefined ? [] : [{ Name: 'last_ip_used', Value: device.lastIp }]),
  ],
  DeviceCreateDate: device.createdAtMs,
  DeviceLastModifiedDate: device.modifiedAtMs,
  DeviceLastAuthenticatedDate: device.authenticatedAtMs,
})

export const confirmDevice = operation(ConfirmDevice, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken, DeviceKey, DeviceSecretVerifierConfig, DeviceName }) {
    const { pool, user } = verifyAccessToken(ctx, AccessToken)
    const { DeviceConfiguration } = pool.settings
    const device = devices.get(ctx, orderedKey(pool.id, user.key, DeviceKey))
    if (device === undefined || DeviceConfiguration === undefined) throw deviceMissing()
    if (device.verifier !== undefined) throw deviceExists()
    const { PasswordVerifier, Salt } = DeviceSecretVerifierConfig ?? {}
    if (PasswordVerifier === undefined || Salt === undefined) {
      throw invalidParameter('Missing required parameter DeviceSecretVerifierConfig')
    }
    const asks = DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt === true
    devices.put(ctx, {
      ...device,
      verifier: Buffer.from(PasswordVerifier, 'base64').toString('hex'),
      salt: Buffer.from(Salt, 'base64').toString('hex'),
      ...(DeviceName === undefined ? {} : { name: DeviceName }),
      remembered: !asks,
      modifiedAtMs: ctx.now(),
    })
    return { UserConfirmationNecessary: asks }
  },
})

export const getDevice = operation(GetDevice, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken = '', DeviceKey }) {
    const { user } = verifyAccessToken(ctx, AccessToken)
    return { Device: shown(deviceOf(ctx, user, DeviceKey)) }
  },
})

export const adminGetDevice = operation(AdminGetDevice, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, DeviceKey }) {
    const user = userOf(ctx, poolOf(ctx, UserPoolId), Username)
    return { Device: shown(deviceOf(ctx, user, DeviceKey)) }
  },
})

export const listDevices = operation(ListDevices, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken, Limit, PaginationToken }) {
    return page(ctx, verifyAccessToken(ctx, AccessToken).user, Limit, PaginationToken)
  },
})

export const adminListDevices = operation(AdminListDevices, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, Limit, PaginationToken }) {
    return page(ctx, userOf(ctx, poolOf(ctx, UserPoolId), Username), Limit, PaginationToken)
  },
})

function page(ctx: Context, { poolId, key }: User, limit?: number, token?: string) {
  const { items, nextToken } = pageOf({
    list: (start) => devices.scan(ctx, { prefix: orderedKey(poolId, key, ''), ...start }),
    positionOf: ({ deviceKey }) => orderedKey(poolId, key, deviceKey),
    wanted: ({ verifier }) => verifier !== undefined,
    itemsMax: limit || pageMax,
    token,
    request: ['ListDevices', poolId, key],
    refused: () => invalidParameter('Invalid pagination token given.'),
  })
  return {
    Devices: items.map(shown),
    ...(nextToken === undefined ? {} : { PaginationToken: nextToken }),
  }
}

export const forgetDevice = operation(ForgetDevice, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken = '', DeviceKey }) {
    forget(ctx, verifyAccessToken(ctx, AccessToken).user, DeviceKey)
    return {}
  },
})

export const adminForgetDevice = operation(AdminForgetDevice, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, DeviceKey }) {
    forget(ctx, userOf(ctx, poolOf(ctx, UserPoolId), Username), DeviceKey)
    return {}
  },
})

function forget(ctx: Context, user: User, deviceKey: string): void {
  deviceOf(ctx, user, deviceKey)
  devices.delete(ctx, orderedKey(user.poolId, user.key, deviceKey))
}

export const updateDeviceStatus = operation(UpdateDeviceStatus, {
  scope: scopeOfToken,
  authorize: byAnyone,
  provenance: 'modelled',
  run(ctx, { AccessToken, DeviceKey, DeviceRememberedStatus }) {
    setStatus(ctx, verifyAccessToken(ctx, AccessToken).user, DeviceKey, DeviceRememberedStatus)
    return {}
  },
})

export const adminUpdateDeviceStatus = operation(AdminUpdateDeviceStatus, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, Username, DeviceKey, DeviceRememberedStatus }) {
    const user = userOf(ctx, poolOf(ctx, UserPoolId), Username)
    setStatus(ctx, user, DeviceKey, DeviceRememberedStatus)
    return {}
  },
})

function setStatus(ctx: Context, user: User, deviceKey: string, status: string | undefined): void {
  const device = deviceOf(ctx, user, deviceKey)
  if (status === undefined) return
  devices.put(ctx, { ...device, remembered: status === 'remembered', modifiedAtMs: ctx.now() })
}

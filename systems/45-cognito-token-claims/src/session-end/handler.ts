import {
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider'
import { setting } from '../setting.ts'
import { type ChangeRecord, losersOf } from './losses.ts'

const cognito = new CognitoIdentityProviderClient({})

/** Signs out who lost a project: refresh tokens end at once, the last access token within its five minutes. */
export const handler = async ({ Records }: { readonly Records: readonly ChangeRecord[] }) => {
  for (const Username of losersOf(Records)) {
    try {
      const UserPoolId = setting('USER_POOL_ID')
      await cognito.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username }))
    } catch (error) {
      // Removed with the item: there is nobody to sign out. Anything else is tried again with the record.
      if (!(error instanceof UserNotFoundException)) throw error
    }
  }
}

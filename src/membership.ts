import { Fn, Resource, Stack } from 'aws-cdk-lib';
import { IMembershipRef, MembershipReference } from 'aws-cdk-lib/aws-cleanrooms';
import { Construct } from 'constructs';
import { known } from './private/problem';
import { requireIdentifier, requireMembershipArn } from './private/validation';

/**
 * References to memberships that this app does not define. One that it does define, a `CfnMembership`, is such a reference itself.
 */
export class Membership {
  /**
   * Refers to a membership of the stack's account and region.
   *
   * @param membershipIdentifier a UUID
   * @throws if the identifier is neither a UUID nor a token
   */
  public static fromMembershipIdentifier(scope: Construct, id: string, membershipIdentifier: string): IMembershipRef {
    requireIdentifier(scope, id, 'membershipIdentifier', membershipIdentifier);
    const membershipArn = Stack.of(scope).formatArn({ service: 'cleanrooms', resource: 'membership', resourceName: membershipIdentifier });
    return new ImportedMembership(scope, id, { membershipIdentifier, membershipArn });
  }

  /**
   * Refers to a membership by its ARN, `arn:aws:cleanrooms:REGION:ACCOUNT:membership/MEMBERSHIP`.
   *
   * @throws if the ARN is neither of this form nor a token
   */
  public static fromMembershipArn(scope: Construct, id: string, membershipArn: string): IMembershipRef {
    requireMembershipArn(scope, id, membershipArn);
    const membershipIdentifier = known(membershipArn) ? membershipArn.split('/')[1] : Fn.select(1, Fn.split('/', membershipArn));
    return new ImportedMembership(scope, id, { membershipIdentifier, membershipArn }, membershipArn);
  }

  private constructor() {}
}

class ImportedMembership extends Resource implements IMembershipRef {
  constructor(scope: Construct, id: string, public readonly membershipRef: MembershipReference, environmentFromArn?: string) {
    super(scope, id, { environmentFromArn });
  }
}

package quiver.common.catalog;

/// What one role has granted to another on one object.
///
/// @param granteeId [RoleDefinition#PUBLIC_ID]: everybody
/// @param privileges bits of [Privilege]
/// @param grantable those that the grantee may grant
public record AclItem(long granteeId, long grantorId, int privileges, int grantable) {}

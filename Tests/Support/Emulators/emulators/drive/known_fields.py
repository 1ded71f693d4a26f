"""The fields of the v3 resources, after the API's discovery document: a mask may name all of them, set or not."""

USER = dict.fromkeys("displayName emailAddress kind me permissionId photoLink".split())
PERMISSION = dict.fromkeys((
    "allowFileDiscovery deleted displayName domain emailAddress expirationTime id inheritedPermissionsDisabled kind pendingOwner "
    "photoLink role type view").split()) | {"permissionDetails": ..., "teamDrivePermissionDetails": ...}
CAPABILITIES = dict.fromkeys((
    "canAcceptOwnership canAccessViaGenAi canAddChildren canAddFolderFromAnotherDrive canAddMyDriveParent "
    "canChangeCopyRequiresWriterPermission canChangeItemDownloadRestriction canChangeSecurityUpdateEnabled "
    "canChangeViewersCanCopyContent canComment canCopy canDelete canDeleteChildren canDisableInheritedPermissions canDownload canEdit "
    "canEnableInheritedPermissions canListChildren canModifyContent canModifyContentRestriction canModifyEditorContentRestriction "
    "canModifyLabels canModifyOwnerContentRestriction canMoveChildrenOutOfDrive canMoveChildrenOutOfTeamDrive "
    "canMoveChildrenWithinDrive canMoveChildrenWithinTeamDrive canMoveItemIntoTeamDrive canMoveItemOutOfDrive "
    "canMoveItemOutOfTeamDrive canMoveItemWithinDrive canMoveItemWithinTeamDrive canMoveTeamDriveItem canReadDrive canReadLabels "
    "canReadRevisions canReadTeamDrive canRemoveChildren canRemoveContentRestriction canRemoveMyDriveParent canRename canShare "
    "canStartApproval canTrash canTrashChildren canUntrash").split())
FILE = dict.fromkeys((
    "copyRequiresWriterPermission createdTime description driveId explicitlyTrashed fileExtension folderColorRgb fullFileExtension "
    "hasAugmentedPermissions hasThumbnail headRevisionId iconLink id inheritedPermissionsDisabled isAppAuthorized kind md5Checksum "
    "mimeType modifiedByMe modifiedByMeTime modifiedTime name originalFilename ownedByMe parents permissionIds quotaBytesUsed "
    "resourceKey sha1Checksum sha256Checksum shared sharedWithMeTime size spaces starred teamDriveId thumbnailLink thumbnailVersion "
    "trashed trashedTime version viewedByMe viewedByMeTime viewersCanCopyContent webContentLink webViewLink writersCanShare").split())
FILE |= {
    "appProperties": ..., "properties": ..., "capabilities": CAPABILITIES, "clientEncryptionDetails": ..., "contentHints": ...,
    "contentRestrictions": ..., "downloadRestrictions": ..., "exportLinks": ..., "imageMediaMetadata": ..., "videoMediaMetadata": ...,
    "labelInfo": ..., "lastModifyingUser": USER, "sharingUser": USER, "trashingUser": USER, "owners": USER, "permissions": PERMISSION,
    "linkShareMetadata": dict.fromkeys(("securityUpdateEligible", "securityUpdateEnabled")),
    "shortcutDetails": dict.fromkeys(("targetId", "targetMimeType", "targetResourceKey")),
}
FILE_LIST = {"kind": None, "nextPageToken": None, "incompleteSearch": None, "files": FILE}
DRIVE = dict.fromkeys("backgroundImageLink colorRgb createdTime hidden id kind name orgUnitId themeId".split())
DRIVE |= {"backgroundImageFile": ..., "capabilities": ..., "restrictions": ...}
DRIVE_LIST = {"kind": None, "nextPageToken": None, "drives": DRIVE}
CHANGE = dict.fromkeys("changeType driveId fileId kind removed teamDriveId time type".split())
CHANGE |= {"file": FILE, "drive": DRIVE, "teamDrive": ...}
CHANGE_LIST = {"kind": None, "nextPageToken": None, "newStartPageToken": None, "changes": CHANGE}
START_PAGE_TOKEN = dict.fromkeys(("kind", "startPageToken"))
REVISION = dict.fromkeys((
    "id keepForever kind md5Checksum mimeType modifiedTime originalFilename publishAuto published publishedLink "
    "publishedOutsideDomain size").split()) | {"exportLinks": ..., "lastModifyingUser": USER}
REVISION_LIST = {"kind": None, "nextPageToken": None, "revisions": REVISION}
OPERATION = {"name": None, "done": None, "error": ..., "metadata": ..., "response": ...}
ABOUT = dict.fromkeys("appInstalled canCreateDrives canCreateTeamDrives kind maxUploadSize".split())
ABOUT |= {"user": USER, "storageQuota": ..., "driveThemes": ..., "exportFormats": ..., "folderColorPalette": ..., "importFormats": ...,
          "maxImportSizes": ..., "teamDriveThemes": ...}

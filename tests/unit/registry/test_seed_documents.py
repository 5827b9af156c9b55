"""What the five documents name, item by item, and the metrics that answer each.

The documents: Composr's tutorial on relaying errors and statistics, Backdrop's working paper on
telemetry, Fedora's change proposal, Mattermost's page on telemetry, MongooseIM's privacy policy for
system metrics. What Endless and Mattermost send beyond their documents is in the catalogues, which
``test_seed_registries.py`` goes through.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.model.metric import Kind, Metric

COMPOSR = {
    "errors, with their status and number": "errors.place errors.outcome errors.age",
    "errors resolved automatically, or ignored": "errors.outcome",
    "the options: errors or statistics": "site.telemetry",
    "software version": "site.version site.release_stage errors.version",
    "whether the site may be featured": "site.may_feature",
    "members": "user_stats.count_members",
    "hits": "user_stats.count_daily_hits",
    "add-ons installed": "site.addons",
    "whether Composr is still installed": "service.check",
    "looks at the telemetry status": "service.status_viewed",
    "looks at an error's status": "service.error_viewed",
    "deleting one's data": "service.removed service.check",
    "enabling telemetry: registration": "site.registrations service.refused",
    "keys of a version, and their revocation": "site.key_version",
}
BACKDROP = {
    "i enabled core modules": "site.core_modules site.core_modules_enabled",
    "ii clean URLs": "site.clean_urls",
    "iii core layouts": "site.core_layouts",
    "iv field types": "site.field_types",
    "v contributed modules and submodules": "site.contrib_modules site.contrib_modules_enabled",
    "vi color palettes": "site.color_palettes",
    "vii roles and their names": "site.roles site.role_names",
    "viii revisions": "site.revisions",
    "ix permissions of the editor role": "site.editor_permissions",
    "x PHP version": "backdrop.php_version",
    "xi server OS": "backdrop.server_os",
    "xii multisite": "backdrop.multisite",
    "xiii install profile": "backdrop.install_profile",
    "xiv block and page displays of views": "site.view_blocks site.view_pages",
    "xv sticky admin bar": "site.admin_bar_sticky",
    "xvi names of roles": "site.role_names",
    "xvii active themes": "site.active_themes site.themes",
    "xviii size of the site": "site.users site.nodes site.files",
    "xix upgraded from Drupal 6 or 7": "site.upgraded_from",
    "xx enabled modules and submodules": "site.core_modules site.contrib_modules",
    "xxi contextual links": "site.contextual_links",
    "xxii contact module": "site.contact_form",
    "first field: PHP version": "backdrop.php_version",
    "first field: MySQL version": "backdrop.mysql_version backdrop.database",
    "first field: web server and version": "backdrop.web_server backdrop.web_server_version",
    "the boxes for updates": "update.automatic_check update.emails",
}
BACKDROP_KEYS = """
    version php_version mysql_version install_version server_os web_server install_profile multisite
    ckeditor_module_version drupal_compatibility jquery_version update_module ckeditor_version
    ckeditor5_version
"""
FEDORA = {
    "popular development environments": "developer.editors",
    "runtimes of toolbox containers": "developer.toolbx_images",
    "clicks on recommended software": "software.banners_shown software.banners_clicked",
    "visits of settings panels": "control_center_panel_opened.panel",
    "boot performance": "startup_finished.total",
    "solid state drive or hard disk": "hardware.storage",
    "laptop model": "hardware.model",
    "users of a locale": "region.locale",
}
ENDLESS_CENSUS = {
    "activate: image, release, vendor": "activation.product activation.release activation.vendor",
    "activate: dual boot, live": "activation.dual_boot activation.live",
    "activate: country": "activation.country",
    "ping: count": "ping.days",
    "ping: image, release, vendor": "ping.product ping.release ping.vendor",
    "ping: dual boot, country": "ping.dual_boot ping.country",
    "ping: metrics and their server": "ping.metrics_enabled ping.environment",
    "request: image id": (
        "image.product image.branch image.arch image.platform image.age image.personality"
    ),
    "request: flags and site": "image.dual_boot image.live image.site_label",
    "request: version of the system": "image.os_version",
}
MATTERMOST = {
    "security check: version, build, type": (
        "security_check.version security_check.build security_check.enterprise"
    ),
    "security check: system and database": (
        "security_check.operating_system security_check.database"
    ),
    "security check: teams, users, active users": (
        "security_check.teams security_check.users security_check.active_users"
    ),
    "security check: unit tests, last check": (
        "security_check.unit_tests_run security_check.days_since_last"
    ),
    "server version, database, system": (
        "server.version server.database_type server.database_version server.operating_system"
    ),
    "system administrators": "server.system_admins",
    "licence: issued, start, expiry": "license.issued license.start license.expire",
    "licence: users, short name, features": "license.users license.edition license.features",
    "plugins active and inactive": "plugins.enabled_plugins plugins.disabled_plugins",
    "plugins with a browser part": "plugins.enabled_webapp_plugins plugins.disabled_webapp_plugins",
    "plugins with a server part": (
        "plugins.enabled_backend_plugins plugins.disabled_backend_plugins"
    ),
    "accounts enabled and disabled": (
        "activity.registered_users activity.registered_deactivated_users"
    ),
    "logins in a day and in 30 days": "activity.logins_previous_day activity.logins_previous_month",
    "active in a day and a month": "activity.active_users_daily activity.active_users_monthly",
    "APIv3": "activity.used_apiv3",
    "posts, channels, teams": (
        "activity.posts activity.public_channels activity.private_channels activity.teams"
    ),
    "sign-in errors": "errors.sign_in",
    "mobile app errors": "errors.mobile_place errors.mobile_kind errors.mobile_system",
    "team and account setup": "client.account_setup client.team_setup",
    "sign-in diagnostics": "client.sign_in",
    "navigation": "client.navigation",
    "core features": "client.messages",
    "advanced features": "client.advanced client.video_calls",
    "integrations": "client.integrations",
    "plugin discovery": "client.plugins plugins.enabled_plugins",
    "licence uploaded": "client.licence_uploaded",
    "mobile performance": (
        "performance.app_start performance.channel_switch performance.team_switch"
    ),
    "permissions of the system scheme": "permissions_system_scheme.team_admin_permissions",
    "permissions of team schemes": (
        "permissions_team_schemes.team_user_permissions permissions_team_schemes.team_count"
    ),
}
MONGOOSEIM = {
    "uptime": "cluster.uptime",
    "version": "cluster.version",
    "nodes": "cluster.node_number",
    "modules in use": "module_with_opt.module",
    "their databases": "mod_vcard.backend mod_mam.backend mod_roster.backend",
    "custom modules": "custom_module_count.value",
    "external components": "cluster.component",
    "REST APIs": "http_api.handler",
    "transport mechanisms": "transport_mechanism.transport",
    "Geographical Data": "sender.country",
}
MONGOOSEIM_BACKENDS = """
    mod_event_pusher mod_event_pusher_push mod_http_upload mod_inbox mod_mam mod_auth_token mod_last
    mod_private mod_muc mod_muc_light mod_offline mod_privacy mod_pubsub_old mod_roster mod_vcard
"""
MATTERMOST_SETTINGS = """
ServiceSettings: WebserverMode EnableSecurityFixAlert EnableInsecureOutgoingConnections
    EnableIncomingWebhooks EnableOutgoingWebhooks EnableCommands EnableOnlyAdminIntegrations
    EnablePostUsernameOverride EnablePostIconOverride EnableCustomEmoji
    RestrictCustomEmojiCreation EnableTesting EnableDeveloper EnableMultifactorAuthentication
    EnableOAuthServiceProvider ConnectionSecurity UseLetsEncrypt Forward80To443
    EnforceMultifactorAuthentication RestrictPostDelete AllowEditPost EnableUserTypingMessages
    EnablePostSearch EnableUserStatuses EnableChannelViewMessages EnableEmojiPicker
    EnableGifPicker ExperimentalEnableAuthenticationTransfer TeammateNameDisplay
    EnableUserAccessTokens MaximumLoginAttempts SessionLengthWebInDays SessionLengthMobileInDays
    SessionCacheInMinutes SessionIdleTimeoutInMinutes PostEditTimeLimit
    TimeBetweenUserTypingUpdatesMilliseconds ClusterLogTimeoutMilliseconds
    CloseUnusedDirectMessages EnablePreviewFeatures EnableTutorial
    ExperimentalEnableDefaultChannelLeaveJoinMessages ExperimentalGroupUnreadChannels
    AllowCookiesForSubdomains EnableAPITeamDeletion ExperimentalEnableHardenedMode
    CorsAllowCredentials CorsDebug SiteURL WebsocketURL TLSCertFile TLSKeyFile ReadTimeout
    WriteTimeout GoogleDeveloperKey AllowCorsFrom CorsExposedHeaders
    AllowedUntrustedInternalConnections GfycatApiKey GfycatApiSecret
TeamSettings: EnableUserCreation EnableTeamCreation RestrictTeamNames RestrictTeamInvite
    RestrictPublicChannelManagement RestrictPrivateChannelManagement RestrictPublicChannelCreation
    RestrictPrivateChannelCreation RestrictPublicChannelDeletion RestrictPrivateChannelDeletion
    RestrictPrivateChannelManageMembers EnableOpenServer EnableUserDeactivation EnableCustomBrand
    RestrictDirectMessage MaxNotificationsPerChannel EnableConfirmNotificationsToChannel
    MaxUsersPerTeam MaxChannelsPerTeam ExperimentalTownSquareIsReadOnly
    ExperimentalHideTownSquareinLHS EnableXToLeaveChannelsFromLHS
    ExperimentalEnableAutomaticReplies ExperimentalViewArchivedChannels SiteName CustomBrandText
    CustomDescriptionText UserStatusAwayTimeout ExperimentalPrimaryTeam
ClientRequirements: AndroidLatestVersion AndroidMinVersion DesktopLatestVersion
    DesktopMinVersion IosLatestVersion IosMinVersion
DisplaySettings: ExperimentalTimezone CustomUrlSchemes
SqlSettings: DriverName Trace MaxIdleConns ConnMaxLifetimeMilliseconds MaxOpenConns QueryTimeout
    DataSourceReplicas DataSourceSearchReplicas
LogSettings: EnableConsole ConsoleLevel ConsoleJson EnableFile FileLevel FileJson
    EnableWebhookDebugging FileLocation
PasswordSettings: Lowercase Number Uppercase Symbol MinimumLength
FileSettings: EnablePublicLink DriverName AmazonS3SSL AmazonS3SignV2 AmazonS3SSE AmazonS3Trace
    EnableFileAttachments EnableMobileUpload EnableMobileDownload
EmailSettings: EnableSignUpWithEmail EnableSignInWithEmail EnableSignInWithUsername
    RequireEmailVerification SendEmailNotifications UseChannelInEmailNotifications
    EmailNotificationContentsType EnableSMTPAuth ConnectionSecurity SendPushNotifications
    PushNotificationContents EnableEmailBatching SkipServerCertificateVerification
    EmailBatchingBufferSize EmailBatchingInterval EnablePreviewModeBanner FeedbackName
    FeedbackEmail FeedbackOrganization LoginButtonColor LoginButtonBorderColor
    LoginButtonTextColor ImageProxyType ImageProxyURL ImageProxyOptions
ExtensionSettings: EnableExperimentalExtensions
RateLimitSettings: EnableRateLimiter VaryByRemoteAddr VaryByUser PerSec MaxBurst MemoryStoreSize
    VaryByHeader
PrivacySettings: ShowEmailAddress ShowFullName
ThemeSettings: EnableThemeSelection AllowCustomThemes AllowedThemes DefaultTheme
GitLabSettings: Enable
GoogleSettings: Enable
Office365Settings: Enable
SupportSettings: CustomTermsOfServiceEnabled CustomTermsOfServiceReAcceptancePeriod
    TermsOfServiceLink PrivacyPolicyLink AboutLink HelpLink ReportAProblemLink SupportEmail
LdapSettings: Enable EnableSync ConnectionSecurity SkipCertificateVerification SyncIntervalMinutes
    QueryTimeout MaxPageSize FirstNameAttribute LastNameAttribute EmailAttribute UserNameAttribute
    NicknameAttribute IdAttribute PositionAttribute LoginFieldName LoginButtonColor
    LoginButtonBorderColor LoginButtonTextColor
ComplianceSettings: Enable EnableDaily
LocalizationSettings: DefaultServerLocale DefaultClientLocale AvailableLocales
SamlSettings: Enable EnableSyncWithLdap EnableSyncWithLdapIncludeAuth Verify Encrypt
    ScopingIDPProviderId ScopingIDPName IdAttribute FirstNameAttribute LastNameAttribute
    EmailAttribute UserNameAttribute NicknameAttribute LocaleAttribute PositionAttribute
    LoginIdAttribute LoginButtonText LoginButtonColor LoginButtonBorderColor LoginButtonTextColor
ClusterSettings: Enable UseIpAddress UseExperimentalGossip ReadOnlyConfig
MetricsSettings: Enable BlockProfileRate
WebrtcSettings: Enable StunURI TurnURI
ExperimentalSettings: ClientSideCertEnable EnablePostMetadata ClientSideCertCheck
AnnouncementSettings: EnableBanner AllowBannerDismissal BannerColor BannerTextColor
ElasticsearchSettings: EnableIndexing EnableSearching Sniff PostIndexReplicas PostIndexShards
    LiveIndexingBatchSize BulkIndexingTimeWindowSeconds RequestTimeoutSeconds ConnectionUrl
    Username Password IndexPrefix
PluginSettings: Enable EnableUploads EnableJira EnableZoom
DataRetentionSettings: EnableMessageDeletion MessageRetentionDays EnableFileDeletion
    FileRetentionDays DeletionJobStartTime
MessageExportSettings: EnableExport ExportFormat DailyRunTime ExportFromTimestamp BatchSize
    GlobalRelaySettings.CustomerType GlobalRelaySettings.SmtpUsername
    GlobalRelaySettings.SmtpPassword GlobalRelaySettings.EmailAddress
TimeZoneSettings: SupportedTimezonesPath
NativeAppSettings: AppDownloadLink AndroidAppDownloadLink IosAppDownloadLink
AnalyticsSettings: MaxUsersForStatistics
"""
ELSEWHERE = {
    "ServiceSettings.EnableChannelViewMessages": "config_service.enable_channel_viewed_messages",
    "ServiceSettings.TeammateNameDisplay": "config_team.teammate_name_display",
    "EmailSettings.ImageProxyType": "config_image_proxy.image_proxy_type",
    "EmailSettings.ImageProxyURL": "config_image_proxy.isdefault_remote_image_proxy_url",
    "EmailSettings.ImageProxyOptions": "config_image_proxy.isdefault_remote_image_proxy_options",
    "RateLimitSettings.EnableRateLimiter": "config_rate.enable_rate_limiter",
    "PluginSettings.EnableJira": "config_plugin.known_plugins",
    "PluginSettings.EnableZoom": "config_plugin.known_plugins",
    "DataRetentionSettings.DeletionJobStartTime": "config_data_retention.deletion_job_start_time",
    "MessageExportSettings.DailyRunTime": "config_message_export.daily_run_time",
    "MessageExportSettings.ExportFromTimestamp": "config_message_export.export_from",
}
"""Settings that the document calls otherwise than the product, or that are not reduced alone."""
OLD = "DEPRECATED_DO_NOT_USE_"


@cache
def metrics(product: str) -> Mapping[str, Metric]:
    return read_file(shipped_folder() / f"{product}.toml").metrics


def named_settings() -> list[str]:
    settings, section = [], ""
    for word in MATTERMOST_SETTINGS.split():
        if word.endswith(":"):
            section = word.removesuffix(":")
        else:
            settings.append(f"{section}.{word}")
    return settings


def documents() -> list[object]:
    named = {
        "composr": COMPOSR,
        "backdrop": BACKDROP,
        "endless": FEDORA | ENDLESS_CENSUS,
        "mattermost": MATTERMOST,
        "mongooseim": MONGOOSEIM,
    }
    return [
        pytest.param(product, answers.split(), id=f"{product}: {item}")
        for product, items in named.items()
        for item, answers in items.items()
    ]


@pytest.mark.parametrize(("product", "answers"), documents())
def test_an_item_that_a_document_names_is_answered(product: str, answers: list[str]) -> None:
    known = metrics(product)

    assert [name for name in answers if name not in known] == []


def test_every_setting_that_mattermosts_document_names_has_a_metric() -> None:
    known = metrics("mattermost")
    sources = {metric.source.replace(OLD, "").lower() for metric in known.values()}
    settings = named_settings()

    lacking = [name for name in settings if name.lower() not in sources and name not in ELSEWHERE]

    assert len(settings) == 271
    assert lacking == []
    assert set(ELSEWHERE.values()) <= set(known)


def test_every_key_that_backdrop_and_bee_send_has_a_metric() -> None:
    sent = {f"backdrop.{key}" for key in BACKDROP_KEYS.split()}
    sent |= {"bee.version", "bee.php_version", "bee.multisite"}

    assert sent <= set(metrics("backdrop"))


def test_every_module_of_mongooseim_that_tells_its_backend_has_a_metric() -> None:
    known = metrics("mongooseim")
    sent = {f"{module}.backend" for module in MONGOOSEIM_BACKENDS.split()}
    sent |= {"mod_muc.online_backend", "mod_push_service_mongoosepush.api_version"}

    assert sent <= set(known)
    assert all(known[name].kind is Kind.NAMES for name in sent)


def test_every_event_of_mongooseim_has_a_metric() -> None:
    events = {
        "host_count", "domain_count", "module_with_opt", "custom_module_count", "cluster",
        "http_api", "transport_mechanism", "tls_option", "outgoing_pool", "xmpp_stanza_count",
    }  # fmt: skip

    assert events <= {name.partition(".")[0] for name in metrics("mongooseim")}

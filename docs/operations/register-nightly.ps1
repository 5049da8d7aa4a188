# Registers `huizong run` with the Windows Task Scheduler: every night at 2:00, made up for if the machine was off.
# Files dropped by day wait for the night. Run in PowerShell as administrator:
#   .\register-nightly.ps1 -Program D:\huizong -Workspace D:\bureau
param(
    [Parameter(Mandatory = $true)][string]$Program,
    [Parameter(Mandatory = $true)][string]$Workspace,
    [string]$At = '2:00',
    [string]$TaskName = 'Huizong nightly'
)
$ErrorActionPreference = 'Stop'
$account = Get-Credential -Message 'Account that runs Huizong'
$action = New-ScheduledTaskAction `
    -Execute (Join-Path $Program '.venv\Scripts\huizong.exe') `
    -Argument "run --no-prefect --workspace `"$Workspace`"" `
    -WorkingDirectory $Workspace
$trigger = New-ScheduledTaskTrigger -Daily -At $At
$settings = New-ScheduledTaskSettingsSet `
    -StartWhenAvailable -WakeToRun -MultipleInstances IgnoreNew `
    -RestartCount 3 -RestartInterval (New-TimeSpan -Minutes 10) `
    -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $trigger -Settings $settings `
    -User $account.UserName -Password $account.GetNetworkCredential().Password -RunLevel Limited

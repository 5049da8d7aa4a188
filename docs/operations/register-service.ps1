# Registers `huizong serve` with the Windows Task Scheduler: starts with the machine, starts again after a failure.
# Run in PowerShell as administrator:
#   .\register-service.ps1 -Program D:\huizong -Workspace D:\bureau
# It asks for the account that runs it: one that may write to the workspace and read the shared inbox.
param(
    [Parameter(Mandatory = $true)][string]$Program,
    [Parameter(Mandatory = $true)][string]$Workspace,
    [string]$TaskName = 'Huizong serve'
)
$ErrorActionPreference = 'Stop'
$account = Get-Credential -Message 'Account that runs Huizong'
$action = New-ScheduledTaskAction `
    -Execute (Join-Path $Program '.venv\Scripts\huizong.exe') `
    -Argument "serve --workspace `"$Workspace`"" `
    -WorkingDirectory $Workspace
$trigger = New-ScheduledTaskTrigger -AtStartup
$settings = New-ScheduledTaskSettingsSet `
    -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -MultipleInstances IgnoreNew `
    -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $trigger -Settings $settings `
    -User $account.UserName -Password $account.GetNetworkCredential().Password -RunLevel Limited
Start-ScheduledTask -TaskName $TaskName

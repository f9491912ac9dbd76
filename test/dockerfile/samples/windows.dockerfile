# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
RUN Get-ChildItem | `
    Select-Object Name
RUN cd C:\temp; sudo x
WORKDIR C:\app
COPY app.exe C:\app\
HEALTHCHECK NONE
CMD ["app.exe"]
